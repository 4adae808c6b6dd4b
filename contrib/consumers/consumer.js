#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Takes a sensor's records out of Redis: consumer.js SENSOR MY_NAME [URL], else $REDIS_URL. All that run share the work, each record is one's; what one leaves behind
// unacknowledged goes to the others after IDLE_MS (60000). SIGTERM ends it between two records. Needs node-redis 4.5, or npm's redis.
'use strict';
const { createClient } = require('redis');

// Yours. When it resolves, the record is done with; event.id is the same should it ever come again.
async function take(record) {
	await new Promise((done) => process.stdout.write(JSON.stringify(record) + '\n', done));
}

const [sensor, me, url = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379'] = process.argv.slice(2);
if (!me) {
	console.error('usage: consumer.js SENSOR MY_NAME [URL]');
	process.exit(2);
}
const stream = `c2watch:{${sensor}}:hits`, group = 'siem', idleMs = Number(process.env.IDLE_MS ?? 60000);
let isOver = false;
process.on('SIGTERM', () => { isOver = true; });

(async () => {
	const reconnectStrategy = () => new Error('the server is gone'); // whoever started this one starts it anew
	const socket = url.startsWith('unix:') ? { path: url.slice(5), reconnectStrategy } : { reconnectStrategy };
	const server = createClient(url.startsWith('unix:') ? { socket } : { url, socket });
	server.on('error', (error) => console.error(error.message));
	await server.connect();
	await server.xGroupCreate(stream, group, '0', { MKSTREAM: true }).catch((error) => {
		if (!error.message.startsWith('BUSYGROUP')) throw error;
	});
	while (!isOver) {
		const left = (await server.xAutoClaim(stream, group, me, idleMs, '0', { COUNT: 100 })).messages;
		const fresh = await server.xReadGroup(group, me, { key: stream, id: '>' }, { COUNT: 100, ...(left.length ? {} : { BLOCK: 1000 }) });
		for (const { id, message } of [...left, ...(fresh?.[0].messages ?? [])]) {
			if (isOver) break;
			await take(JSON.parse(message.json));
			await server.xAck(stream, group, id);
		}
	}
	await server.quit();
})().catch((error) => { console.error(error.message); process.exit(1); });
