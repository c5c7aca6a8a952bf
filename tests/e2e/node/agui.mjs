// Talks to troupe as AG-UI's own client does: `node agui.mjs URL TOKEN`. Prints what it knows after two runs as one
// line of JSON.
import { HttpAgent } from '@ag-ui/client';

const [url, token] = process.argv.slice(2);
const agent = new HttpAgent({ url, threadId: 'thread-1', headers: { Authorization: `Bearer ${token}` } });
for (const [id, content] of [['m-1', 'Hello'], ['m-2', 'And again']]) {
  agent.addMessage({ id, role: 'user', content });
  await agent.runAgent();
}
console.log(JSON.stringify({ messages: agent.messages, state: agent.state }));
