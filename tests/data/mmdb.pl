#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# Writes tiny MaxMind DB files of documentation addresses into a directory: mmdb.pl DIR. Needs Debian's libmaxmind-db-writer-perl.
use strict;
use warnings;
use utf8;
use MaxMind::DB::Writer::Tree;

my %types = (
	country => 'map', iso_code => 'utf8_string', city => 'map', names => 'map', en => 'utf8_string', de => 'utf8_string',
	subdivisions => [ 'array', 'map' ], location => 'map', latitude => 'double',
	autonomous_system_number => 'uint32', autonomous_system_organization => 'utf8_string',
);

sub write_db {
	my ($path, $type, $ip_version, $record_size, %nets) = @_;
	my $tree = MaxMind::DB::Writer::Tree->new(
		ip_version => $ip_version, record_size => $record_size, database_type => $type, languages => [ 'en', 'de' ],
		description => { en => 'made for tests' }, remove_reserved_networks => 0, map_key_type_callback => sub { $types{ $_[0] } },
	);
	$tree->insert_network($_, $nets{$_}) for sort keys %nets;
	open my $file, '>:raw', $path or die "$path: $!\n";
	$tree->write_tree($file);
	close $file or die "$path: $!\n";
}

my $dir = shift or die "usage: mmdb.pl DIR\n";
write_db("$dir/country.mmdb", 'Test-Country', 6, 24,
	'198.51.100.0/24' => { country => { iso_code => 'DE' } },
	'203.0.113.0/24' => { country => { iso_code => 'NL' } },
	'2001:db8:1::/48' => { country => { iso_code => 'SE' } });
write_db("$dir/city.mmdb", 'Test-City', 6, 28,
	'203.0.113.0/24' => {
		country => { iso_code => 'BE' }, city => { names => { de => 'Zürich', en => 'Zürich' } },
		subdivisions => [ { iso_code => 'ZH' } ], location => { latitude => 47.4 },
	},
	'203.0.113.128/25' => { city => { names => { en => 'ä' x 100 } } });
write_db("$dir/asn.mmdb", 'Test-ASN', 4, 32,
	'203.0.113.0/24' => { autonomous_system_number => 64500, autonomous_system_organization => 'EXAMPLE-AS' });
# What is no fact, though it stands where one would.
write_db("$dir/odd.mmdb", 'Test-Odd', 6, 24,
	'203.0.113.0/32' => { country => { iso_code => 'nl' } },
	'203.0.113.1/32' => { country => { iso_code => 'NLD' } },
	'203.0.113.2/32' => { country => { iso_code => '' }, city => { names => { en => '' } } },
	'203.0.113.3/32' => { city => { names => { de => 'Köln' } } },
	'203.0.113.4/32' => { names => { en => 'elsewhere' } });
