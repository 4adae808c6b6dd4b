#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Reads what `c2feed export` writes as its consumers do, and holds the answers against a naive matcher.

readers.py FORM C2FEED SCRATCH [ROUNDS]: random feeds of nested entries, every name over a small alphabet asked for; then a feed of hostile texts.
Says what is wrong, and exits with 1."""
import itertools
import os
import random
import re
import subprocess
import sys

FORM, C2FEED, SCRATCH = sys.argv[1:4]
ROUNDS = int(sys.argv[4]) if len(sys.argv) > 4 else 30

HOSTILE = ['plain', 'he said "no"', 'back\\slash', 'ends in \\', "it's 'quoted'", '"; drop; ("', '(msg:"x"; sid:1;)', ': - # [a] {b} & * ! | > % @ `', '-', '(empty)',
           '\\x41\\u0042', '"] | union *', '$(id) `id` ${HOME}', '%s%n%d', '<script>', 'käse 💥 \u2028 \u202e', '|00 41|', '---', '...', 'null', '; CNAME .', '@', "''",
           '\\"', '""', 'a,b;c']


class Wrong(Exception):
    pass


def ensure(truth, *what):
    if not truth:
        raise Wrong(' '.join(str(part) for part in what))


def hit(entries, name):
    """The naive matcher: of the entries that cover a name the longest; an exception first."""
    labels = name.split('.')
    for cut in range(len(labels)):
        marks = entries.get('.'.join(labels[cut:]), '')
        if '!' in marks:
            return False
        if 't' in marks or ('=' in marks and cut == 0) or ('*' in marks and cut > 0):
            return True
    return False


def unquote(text):
    """A quoted string of JSON's and KQL's kind from the begin of a text: its value, and the rest."""
    found = re.match(r'"((?:[^"\\\x00-\x1f]|\\["\\]|\\u[0-9a-f]{4})*)"', text)
    ensure(found, 'no string:', text[:80])
    return re.sub(r'\\(u([0-9a-f]{4})|.)', lambda m: chr(int(m[2], 16)) if m[2] else m[1], found[1]), text[found.end():]


def read_hosts(text):
    names = set()
    for line in text.splitlines():
        if not line.startswith('#'):
            ensure(re.fullmatch(r'0\.0\.0\.0 [a-z0-9._-]+', line), line)
            names.add(line.split()[1])
    return lambda name: name in names, {}


def read_zeek(text):
    lines = text.rstrip('\n').split('\n')
    ensure(lines[0] == '#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url', lines[0])
    texts = {}
    for line in lines[1:]:
        fields = line.split('\t')
        ensure(len(fields) == 5 and fields[1] == 'Intel::DOMAIN', line)
        values = [None if f == '-' else re.sub(rb'\\x([0-9a-f]{2})', lambda m: bytes([int(m[1], 16)]), f.encode()).decode() for f in fields]
        texts[fields[0]] = {'feed': values[2], 'description': values[3], 'reference': values[4]}
    return lambda name: name in texts, texts


def read_rpz(text):
    """A zone's answers: an owner itself, else the wildcard of the closest name that exists (RFC 4592)."""
    owners, exists = {}, set()
    for line in text.splitlines():
        if line.startswith((';', '$', '@')):
            continue
        found = re.fullmatch(r'((?:\*\.)?[a-z0-9._-]+) CNAME (\.|rpz-passthru\.)', line)
        ensure(found and found[1] not in owners, line)
        owners[found[1]] = found[2] == '.'
        labels = found[1].split('.')
        exists.update('.'.join(labels[cut:]) for cut in range(len(labels)))

    def ask(name):
        if name in exists:
            return owners.get(name, False)
        labels = name.split('.')
        for cut in range(1, len(labels)):
            parent = '.'.join(labels[cut:])
            if parent in exists:
                return owners.get('*.' + parent, False)
        return False
    return ask, {}


def read_kql(text):
    """The rows, and the steps of the query on them: longest piece of the name first."""
    head, rest = text.split(' [\n', 1)
    ensure(re.fullmatch(r'// c2watch, feed set [0-9a-f]{16}\nlet C2 = datatable\([A-Za-z:, ]+\)', head), head)
    rows, texts = {}, {}
    while not rest.lstrip('\n').startswith('];'):
        rest = rest.lstrip('\n ')
        row = []
        for i in range(5):
            value, rest = unquote(rest)
            row.append(value)
            if i < 4:
                ensure(rest.startswith(', '), rest[:80])
                rest = rest[2:]
        ensure(rest.startswith((',\n', '\n];')), rest[:80])
        rest = rest.lstrip(',')
        rows[row[0]] = row[1]
        texts[row[0]] = {'feed': row[2], 'provider': row[3]}
    for step in ('| lookup kind=inner C2 on Indicator', '(Depth == 0 and Covers == "name") or (Depth > 0 and Covers == "below")', 'arg_min(Depth,'):
        ensure(step in rest, step)

    def ask(name):
        labels = name.split('.')
        for depth in range(len(labels)):
            covers = rows.get('.'.join(labels[depth:]))
            if covers in ('tree', 'except') or (depth == 0 and covers == 'name') or (depth > 0 and covers == 'below'):
                return covers != 'except'
        return False
    return ask, texts


def read_suricata(text):
    rules, sids, texts = [], set(), {}
    for line in text.splitlines():
        if line.startswith('#'):
            continue
        found = re.fullmatch(r'alert (dns|tls|http) any any -> any any \((.*)\)', line)
        ensure(found, line)
        options = re.findall(r'([a-z.]+)(?::((?:"(?:[^"\\;]|\\.)*"|!"[a-z0-9._-]+"|[^";])*))?; ?', found[2])
        ensure(''.join(key + (':' + value if value else '') + '; ' for key, value in options).strip() == found[2], line)
        values = dict(options)
        ensure(values['sid'] not in sids, 'sid', values['sid'])
        sids.add(values['sid'])
        ensure(options[1][0] == {'dns': 'dns.query', 'tls': 'tls.sni', 'http': 'http.host'}[found[1]] and options[2][0] == 'dotprefix', line)
        contents = [value for key, value in options if key == 'content']
        ensure(len(contents) == [key for key, _ in options].count('endswith'), line)
        if found[1] == 'dns':
            rules.append((contents[0].strip('"'), [c.strip('!"') for c in contents[1:]], values.get('bsize', '>0')))
            texts[contents[0].strip('".')] = {'msg': values['msg']}

    def ask(name):
        name = '.' + name
        return any(name.endswith(content) and not any(name.endswith(other) for other in excepted) and
                   (len(name) > int(size[1:]) if size[0] == '>' else len(name) == int(size)) for content, excepted, size in rules)
    return ask, texts


def sigma_condition(tokens, selections):
    """A condition of names, `and`, `not` and brackets as a function of a name."""
    def factor():
        token = tokens.pop(0)
        if token == 'not':
            inner = factor()
            return lambda name: not inner(name)
        if token == '(':
            inner = term()
            ensure(tokens.pop(0) == ')', 'brackets')
            return inner
        return selections[token]

    def term():
        parts = [factor()]
        while tokens and tokens[0] == 'and':
            tokens.pop(0)
            parts.append(factor())
        return lambda name: all(part(name) for part in parts)
    whole = term()
    ensure(not tokens, 'left of the condition:', tokens)
    return whole


def sigma_selection(alternatives, field):
    def ask(name):
        return any(any(name == v if key == field else name.endswith(v) for v in values) for alternative in alternatives for key, values in alternative.items())
    for alternative in alternatives:
        ensure(set(alternative) <= {field, field + '|endswith'}, alternative)
    return ask


def read_sigma(text):
    import yaml
    rules = [rule for rule in yaml.safe_load_all(text) if rule is not None]
    asks = []
    for rule, (category, field) in zip(rules, (('dns_query', 'QueryName'), ('proxy', 'cs-host'))):
        ensure(re.fullmatch(r'[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}', rule['id']), rule['id'])
        ensure(rule['logsource']['category'] == category and rule['level'] == 'high' and len(rule['title']) <= 256, rule['title'])
        detection = dict(rule['detection'])
        tokens = re.findall(r'[a-z0-9_]+|[()]', detection.pop('condition'))
        asks.append(sigma_condition(tokens, {key: sigma_selection(value, field) for key, value in detection.items()}))
    ensure(len(rules) in (0, 2), len(rules), 'rules')

    def ask(name):
        answers = {one(name) for one in asks}
        ensure(len(answers) == 1, name, 'differs between the rules')
        return answers.pop()
    return (ask if asks else lambda name: False), {'description': [rule['description'] for rule in rules]}


READERS = {'hosts': read_hosts, 'kql': read_kql, 'rpz': read_rpz, 'sigma': read_sigma, 'suricata': read_suricata, 'zeek': read_zeek}


def run(*args):
    done = subprocess.run([C2FEED, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding='utf-8')
    ensure(done.returncode == 0, args, done.stderr)
    return done.stdout


def export(feed, form):
    return run('export', '-p', os.path.join(SCRATCH, 'popular'), '--to', form, feed)


def set_hash(feed):
    """What compile says of a feed, but for its path and how many lines it refuses."""
    said = run('compile', '-p', os.path.join(SCRATCH, 'popular'), '-o', os.path.join(SCRATCH, 'set'), feed)
    return said.split(': ', 1)[1]


def write(name, lines):
    path = os.path.join(SCRATCH, name)
    with open(path, 'w', encoding='utf-8') as feed:
        feed.write('\n'.join(lines) + '\n')
    return path


def same(feed):
    """A plain export says the same as what it was made of."""
    copy = write('copy.feed', export(feed, 'plain').rstrip('\n').split('\n'))
    ensure(set_hash(feed) == set_hash(copy), open(feed).read(), 'became', open(copy).read())


def random_round(seed):
    rng = random.Random(seed)
    names = ['.'.join(labels) + '.test' for depth in range(1, 5) for labels in itertools.product('ab', repeat=depth)]
    entries, lines = {}, []
    for _ in range(rng.choice((1, 2, 4, 8, 16))):
        name, mark = rng.choice(names), rng.choice('t=*!tt!')
        how = rng.choice(('', '', '', 'off', 'old', 'context'))
        line = {'t': '', '=': '=', '*': '*.', '!': '!'}[mark] + name + ' force=yes provider=' + rng.choice('xy')
        if how == 'old' and mark == '!':
            how = ''
        lines += ['#: kind = ' + ('context' if how == 'context' else 'indicator')]
        lines += [line + {'off': ' enabled=no', 'old': ' expires=2001-01-01'}.get(how, '')]
        if how == '' or (how == 'context' and mark == '!'):
            entries[name] = entries.get(name, '') + mark
    feed = write('random.feed', lines)
    if FORM == 'plain':
        return same(feed)
    text = export(feed, FORM)
    ask, _ = READERS[FORM](text)
    asked = names + ['.'.join(labels) + '.test' for labels in itertools.product('ab', repeat=5)] + ['test', 'xa.test', 'a.test.b', 'a.xtest']
    for name in asked:
        got, wanted = ask(name), hit(entries, name)
        if FORM in ('hosts', 'zeek') and wanted and not set(entries.get(name, '')) & {'t', '='}:
            continue # what a whole name cannot say
        ensure(got == wanted, 'seed', seed, name, 'is', got, '\n' + '\n'.join(lines), '\n' + text)


def hostile_round():
    lines, said = [], {}
    for i, text in enumerate(HOSTILE):
        quoted = '"' + text.replace('"', '""') + '"'
        name = f'n{i}.example.test'
        lines += [f'#: name = {text}', f'{name} provider={quoted} description={quoted} reference={quoted}']
        said[name] = text
    feed = write('hostile.feed', lines)
    if FORM == 'plain':
        return same(feed)
    ask, texts = READERS[FORM](export(feed, FORM))
    for name, text in said.items():
        ensure(ask(name), name, 'is no hit')
        for fact, value in texts.get(name, {}).items():
            if fact == 'msg':
                plain = ''.join('?' if c in '"\\;:|()' or not ' ' <= c <= '~' else c for c in text if ord(c) < 0x80)
                ensure(value == f'"c2watch C2 domain {name} ({plain})"' or not text.isascii(), name, value)
            else:
                ensure(value == text, name, fact, repr(value), 'is not', repr(text))
    for description in texts.get('description', []):
        ensure(description.endswith(': ' + ', '.join(HOSTILE)), description)


def main():
    write('popular', ['popular.example'])
    try:
        for seed in range(ROUNDS):
            random_round(seed)
        hostile_round()
    except Wrong as why:
        print(why)
        return 1
    return 0


sys.exit(main())
