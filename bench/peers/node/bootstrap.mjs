// The loop of Lambda's runtime for Node.js, and nothing else of it.
import http from 'node:http';

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true });

const call = (method, path, body) => new Promise((resolve, reject) => {
  const request = http.request({ host, port, method, path: `/2018-06-01/runtime/${path}`, agent }, (response) => {
    const chunks = [];
    response.on('data', (chunk) => chunks.push(chunk));
    response.on('end', () => resolve({ id: response.headers['lambda-runtime-aws-request-id'], body: Buffer.concat(chunks).toString() }));
  });
  request.on('error', reject);
  request.end(body);
});

const { handler } = await import('./index.mjs');
for (;;) {
  const next = await call('GET', 'invocation/next');
  try {
    const result = await handler(JSON.parse(next.body));
    await call('POST', `invocation/${next.id}/response`, JSON.stringify(result));
  } catch (error) {
    await call('POST', `invocation/${next.id}/error`, JSON.stringify({ errorType: error.name, errorMessage: String(error.message) }));
  }
}
