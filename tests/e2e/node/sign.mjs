// Signs a body as Standard Webhooks' own library does: `node sign.mjs SECRET ID UNIX_SECONDS < body`.
import { readFileSync } from 'node:fs';
import { Webhook } from 'standardwebhooks';

const [secret, id, seconds] = process.argv.slice(2);
process.stdout.write(new Webhook(secret).sign(id, new Date(Number(seconds) * 1000), readFileSync(0, 'utf8')));
