import express, { type Router } from 'express';
import type { SlackWorld } from './slack-world.ts';

/** Uploads, downloads of files that were shared, and the response URLs. */
export function fileRoutes(world: SlackWorld): Router {
  const router = express.Router();
  const anyBody = express.raw({ type: () => true, limit: '8mb' });
  router.post('/upload/:id', anyBody, async (request, response) => {
    const content = await fileIn(request.body, request.headers['content-type'] ?? '');
    const known = world.files.fill(request.params.id as string, content);
    response.status(known ? 200 : 404).send(known ? 'OK' : 'no such upload');
  });
  router.get('/files/:id', (request, response) => {
    const file = world.files.read(request.params.id);
    if (!file) return void response.status(404).send('no such file');
    response.set('x-content-type-options', 'nosniff').type(file.mimetype).send(file.content);
  });
  const json = express.json({ type: () => true, limit: '4mb' });
  router.post('/response/:user/:id', json, (request, response) => {
    const fault = world.faults.take('response_url');
    if (fault) return void response.status('status' in fault ? fault.status : 500).send('error');
    const answer = world.responseUrls.use(request.params.id as string, request.body);
    if (answer.ok) return void response.send('ok');
    const gone = ['used_url', 'expired_url', 'unknown_url'].includes(answer.error);
    response.status(gone ? 404 : 400).json(answer);
  });
  return router;
}

/** Uploads come as they are, or as the only file of a form. */
async function fileIn(body: Buffer, contentType: string): Promise<Buffer> {
  if (!contentType.startsWith('multipart/form-data')) return body;
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData();
  const file = [...form.values()].find((value) => typeof value !== 'string');
  return file ? Buffer.from(await file.arrayBuffer()) : body;
}
