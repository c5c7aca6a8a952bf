// Talks to an echo server as the npm package ws does: `node sessions.mjs PORT`. Prints a line for each thing that held,
// and fails with the first that doesn't.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import WebSocket from 'ws';

const url = `ws://127.0.0.1:${process.argv[2]}/echo`;

async function open(options = {}, protocols = []) {
  const socket = new WebSocket(url, protocols, options);
  await once(socket, 'open');
  return socket;
}

async function echoed(socket, text) {
  const answer = once(socket, 'message');
  socket.send(text);
  const [data, isBinary] = await answer;
  assert.equal(isBinary, false);
  return data.toString();
}

async function closed(socket) {
  const [code, reason] = await once(socket, 'close');
  return [code, reason.toString()];
}

async function refused(socket) {
  const [, response] = await once(socket, 'unexpected-response');
  socket.on('error', () => {});
  socket.terminate();
  return response.statusCode;
}

const cases = {
  async 'messages of every length class come back'() {
    const socket = await open();
    for (const size of [0, 1, 125, 126, 65535, 65536, 1024 * 1024])
      assert.equal(await echoed(socket, 'é'.repeat(size / 2)), 'é'.repeat(size / 2));
    socket.close();
  },
  async 'a message in fragments comes back whole'() {
    const socket = await open();
    const answer = once(socket, 'message');
    for (const part of ['Gr', 'üße, ', '', '漢字 '])
      socket.send(part, { fin: false });
    socket.ping('in between');
    socket.send('😀', { fin: true });
    assert.equal((await answer)[0].toString(), 'Grüße, 漢字 😀');
    socket.close();
  },
  async 'a ping is answered with its own bytes'() {
    const socket = await open();
    const pong = once(socket, 'pong');
    socket.ping(Buffer.from([0, 255, 7]));
    assert.deepEqual([...(await pong)[0]], [0, 255, 7]);
    socket.close();
  },
  async 'code and reason of a close come back'() {
    for (const [code, reason] of [[1000, 'done'], [1001, ''], [3000, 'x'.repeat(123)], [4999, 'ü']]) {
      const socket = await open();
      const end = closed(socket);
      socket.close(code, reason);
      assert.deepEqual(await end, [code, reason]);
    }
    const socket = await open();
    const end = closed(socket);
    socket.close();
    assert.equal((await end)[0], 1005);
  },
  async 'binary messages and too large ones end the session'() {
    for (const [data, code] of [[Buffer.from('x'), 1003], ['x'.repeat(1024 * 1024 + 1), 1009]]) {
      const socket = await open();
      const end = closed(socket);
      socket.on('error', () => {});
      socket.send(data);
      assert.equal((await end)[0], code);
    }
  },
  async 'text that is not UTF-8 ends the session'() {
    const socket = await open();
    const end = closed(socket);
    socket.send(Buffer.from([0xc3, 0x28]), { binary: false });
    assert.equal((await end)[0], 1007);
  },
  async 'one subprotocol is answered, not the token'() {
    const socket = await open({}, ['bearer.eyJh.eyJz.c2ln', 'troupe']);
    assert.equal(socket.protocol, 'troupe');
    socket.close();
    assert.equal(await refused(new WebSocket(url, ['bearer.eyJh.eyJz.c2ln'])), 400);
  },
  async 'a compression that is offered is not taken, and nothing depends on it'() {
    const socket = await open({ perMessageDeflate: true });
    assert.equal(socket.extensions, '');
    assert.equal(await echoed(socket, 'x'.repeat(5000)), 'x'.repeat(5000));
    socket.close();
  },
  async 'a page of another origin is refused'() {
    assert.equal(await refused(new WebSocket(url, { origin: 'https://evil.example' })), 403);
    (await open({ origin: url.replace('ws:', 'http:').replace('/echo', '') })).close();
  },
  async 'many messages of many clients keep their order'() {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => open()));
    await Promise.all(sockets.map(async (socket) => {
      const seen = [];
      const all = new Promise((resolve) => socket.on('message', (data) => seen.push(data.toString()) === 500 && resolve()));
      for (let i = 0; i < 500; ++i)
        socket.send(`${i}`);
      await all;
      assert.deepEqual(seen, Array.from({ length: 500 }, (_, i) => `${i}`));
      socket.close();
    }));
  },
};

for (const [name, run] of Object.entries(cases)) {
  await run();
  console.log(`ok ${name}`);
}
