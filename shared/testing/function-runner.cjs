// Runs in a process of its own, under the Node.js that Lambda runs: loads a function's code as Lambda does and answers
// one event after the other. It is given the function's variables as its environment, and nothing of the user's.
const [codeFolder, handlerName] = process.argv.slice(2);
const [file, name] = handlerName.split(".");
const handler = require(require("node:path").join(codeFolder, file))[name];

process.on("message", async ({ id, event, remainingMs }) => {
  const deadline = Date.now() + remainingMs;
  const context = {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    awsRequestId: `local-${id}`,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
  try {
    process.send({ id, result: await handler(event, context) });
  } catch (error) {
    process.send({ id, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
  }
});
process.send({ ready: true });
