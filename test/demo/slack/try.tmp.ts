import { startLocalSlack } from '../../../demo/slack/start-local-slack.ts';
import { aSocketApp, anHttpApp } from './an-app.ts';
for (const mode of ['socket','http']) {
const slack = await startLocalSlack();
const app = mode==='socket' ? aSocketApp(slack) : await anHttpApp(slack);
app.command('/release', async ({ack, command, client, respond}) => { await ack(); 
  await respond({text:'asked '+command.text});
  await client.chat.postMessage({channel: command.channel_id, text:'x', blocks:[{type:'actions', elements:[{type:'button', text:{type:'plain_text', text:'Approve'}, action_id:'approve', value:'checkout-42'}]}]});});
app.action('approve', async ({ack, body, client, respond}: any) => { await ack(); await client.chat.update({channel: body.channel.id, ts: body.message.ts, text:'approved by <@'+body.user.id+'>', blocks: []}); await respond({text:'thanks'})});
app.event('app_mention', async ({event, client}: any) => { await client.chat.postMessage({channel:event.channel, thread_ts:event.thread_ts ?? event.ts, text:'hello '+event.text})});
if (mode==='socket') await app.start();
console.log(slack.connections);
const asked = await slack.asUser('rita').command('/release','checkout green because @ann said a<b');
console.log(asked);
const m = await slack.waitFor(s => s.messages()[0]);
console.log(JSON.stringify(m), asked.answers);
const p = await slack.asUser('ann').press(m,'Approve');
await slack.waitFor(s => s.message(m.ts)?.edited && p.answers.length);
console.log(slack.message(m.ts), p.answers);
slack.asUser('sam').mention('status', m.ts);
await slack.waitFor(s => s.replies(m.ts).length === 2);
console.log(slack.replies(m.ts).map(r=>r.text), (await slack.asUser('rita').command('/nope')).error);
console.log(slack.calls.map(c=>c.method).join(), slack.deliveries.length);
await app.stop(); await slack.close();
}
