// Runs a real server of the S3 protocol on loopback.
//
//   node s3.mjs <folder of node_modules> <folder of data> <port> <bucket>
//
// It checks signatures. Its key is S3RVER, with the same secret. Prints one line when ready, and stops when its standard
// input ends, so that it never outlives the test that started it.
import { createRequire } from 'node:module';
import path from 'node:path';

const [modules, directory, port, bucket] = process.argv.slice(2);
const S3rver = createRequire(import.meta.url)(path.join(modules, '@20minutes/s3rver'));

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));

const server = new S3rver({
  port: Number(port),
  address: '127.0.0.1',
  silent: true,
  directory,
  vhostBuckets: false,
  configureBuckets: [{ name: bucket }],
});
// It leaves out, or misspells, the namespace that S3 and the servers like it write, and that is looked for.
const results = /<(InitiateMultipartUploadResult|CompleteMultipartUploadResult|ListBucketResult)[^>]*>/;
server.middleware.unshift(async (ctx, next) => {
  // It leaves the slash at the end of a bucket's own path out of what is signed: there, and only there, no signature fits.
  if (ctx.path.endsWith('/')) ctx.app = Object.create(ctx.app, { allowMismatchedSignatures: { value: true } });
  await next();
  if (typeof ctx.body === 'string') {
    ctx.body = ctx.body.replace(results, '<$1 xmlns="http://s3.amazonaws.com/doc/2006-03-01/">');
  }
});
await server.run();
console.log('ready');
