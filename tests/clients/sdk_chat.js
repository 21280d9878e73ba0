// @rocket.chat/sdk: a visitor with its Livechat client and an agent with its Rocketchat client hear each other.
'use strict';

const { Inbox, assert, load, refused, story } = require('./story');

const { Livechat, Rocketchat } = load('@rocket.chat/sdk');
const quiet = { debug() {}, info() {}, warning() {}, warn() {}, error() {} };

story(async ({ url, agent, token }) => {
  const options = { host: url, useSsl: false, logger: quiet };
  const visitor = new Livechat(options);
  const desk = new Rocketchat(options);

  await desk.connect({});
  const login = await desk.login({ username: agent.username, password: agent.password });
  assert.equal(login.id, agent.id);
  await desk.subscribeNotifyUser();
  await desk.subscribeLoggedNotify();
  await desk.subscribeNotifyAll();

  const config = await visitor.config({ token });
  assert.equal(config.enabled, true);
  const guest = await visitor.grantVisitor({ visitor: { token, name: 'Vera', email: 'vera@example.org' } });
  assert.equal(guest.name, 'Vera');
  await visitor.connect({});
  assert.equal((await visitor.visitor()).visitor._id, guest._id);
  const room = await visitor.room({ token });
  await visitor.subscribeRoom(room._id);
  const heard = new Inbox('visitor');
  const typing = new Inbox('typing');
  const agents = new Inbox('agent change');
  await visitor.onMessage(heard.put);
  await visitor.onTyping(typing.put);
  await visitor.onAgentChange(room._id, agents.put);

  const said = await visitor.sendMessage({ rid: room._id, msg: 'is somebody there?' });
  assert.equal(said.message.msg, 'is somebody there?');
  await heard.next((m) => m._id === said.message._id);

  const { inquiry } = await desk.get('livechat/inquiries.getOne', { roomId: room._id }, true);
  assert.equal(inquiry.status, 'queued');
  await desk.methodCall('livechat:takeInquiry', inquiry._id);
  const [who] = await agents.next();
  assert.equal(who.username, agent.username);

  const read = new Inbox('agent');
  await desk.subscribeRoom(room._id);
  await desk.onMessage(read.put);
  await desk.methodCall('stream-notify-room', `${room._id}/typing`, agent.username, true);
  assert.deepEqual(await typing.next(), [agent.username, true]);
  const answer = await desk.sendMessage('yes, I am', room._id);
  const [arrived] = await heard.next((m) => m._id === answer._id);
  assert.equal(arrived.msg, 'yes, I am');
  assert.equal(arrived.u.username, agent.username);
  assert.ok(arrived.ts instanceof Date && !Number.isNaN(arrived.ts.getTime()));

  const more = await visitor.sendMessage({ rid: room._id, msg: 'good' });
  await read.next((m) => m._id === more.message._id && m.token === token);
  await desk.methodCall('sendMessage', { rid: room._id, msg: 'by the socket' });
  await heard.next((m) => m.msg === 'by the socket');
  const texts = (await visitor.loadMessages(room._id, { limit: 50 })).filter((m) => !m.t).map((m) => m.msg);
  assert.deepEqual(texts, ['by the socket', 'good', 'yes, I am', 'is somebody there?']);
  assert.equal((await visitor.agent({ rid: room._id })).username, agent.username);
  await visitor.editMessage(more.message._id, { token, rid: room._id, msg: 'very good' });
  await read.next((m) => m._id === more.message._id && m.msg === 'very good');
  assert.equal(await visitor.updateVisitorStatus('away'), 'away');

  await visitor.closeChat({ rid: room._id });
  await read.next((m) => m.t === 'livechat-close');
  const wrong = await refused(visitor.sendMessage({ rid: room._id, msg: 'too late' }));
  assert.equal(wrong.status, 400);
  assert.equal(wrong.data.error, 'room-closed');
  await visitor.disconnect();
  await desk.logout();
  await desk.disconnect();
});
