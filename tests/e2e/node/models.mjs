// Others' stand-in for models of both protocols. Prints its address, answers every call with the text it is given, and
// ends with its input.
import { LLMock } from "@copilotkit/aimock";

const mock = new LLMock({ port: 0, chunkSize: 7, logLevel: "silent" });
mock.on({}, { content: process.argv[2] });
await mock.start();
console.log(mock.url);
process.stdin.on("end", async () => {
  await mock.stop();
  process.exit(0);
});
process.stdin.resume();
