// Talks to troupe's chat as the npm package ws does, with the token where browsers can put it:
// `node chat.mjs URL TOKEN`. Prints what the agent said, by the way the token came, as one line of JSON.
import { once } from 'node:events';
import WebSocket from 'ws';

const [url, token] = process.argv.slice(2);

async function talk(socket, id, first) {
  // All listeners at once: the server's first events may come with its handshake.
  if (first)
    socket.on('open', () => socket.send(JSON.stringify(first)));
  let text = '';
  const done = new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', (code, reason) => reject(new Error(`closed with ${code} ${reason}`)));
    socket.on('message', (data) => {
      const event = JSON.parse(data);
      if (event.type === 'MESSAGES_SNAPSHOT')
        socket.send(JSON.stringify({ type: 'user_message', id, text: 'Hello' }));
      else if (event.type === 'TEXT_MESSAGE_CONTENT')
        text += event.delta;
      else if (event.type === 'RUN_FINISHED')
        resolve();
    });
  });
  await done;
  socket.removeAllListeners('close');
  const protocol = socket.protocol;
  socket.close(1000);
  const [code] = await once(socket, 'close');
  return { text, protocol, code };
}

console.log(JSON.stringify({
  subprotocol: await talk(new WebSocket(url, ['troupe', `bearer.${token}`]), 'm-1'),
  frame: await talk(new WebSocket(url, ['troupe']), 'm-2', { type: 'auth', token }),
  header: await talk(new WebSocket(url, { headers: { Authorization: `Bearer ${token}` } }), 'm-3'),
}));
