// @rocket.chat/ddp-client: its livechat client and its SDK talk to each other.
'use strict';

const { Inbox, assert, load, refused, sha256, story } = require('./story');

const { DDPSDK, LivechatClientImpl } = load('@rocket.chat/ddp-client');

story(async ({ url, agent, token }) => {
  const desk = await DDPSDK.createAndConnect(url);
  assert.equal(desk.connection.status, 'connected');
  await desk.account.loginWithPassword(agent.username, sha256(agent.password));
  assert.equal(desk.account.uid, agent.id);
  const queue = new Inbox('queue');
  const inquiries = desk.stream('livechat-inquiry-queue-observer', 'public', queue.put);
  await inquiries.ready();

  const visitor = LivechatClientImpl.create(url);
  await visitor.connection.connect();
  const { visitor: guest } = await visitor.login({ visitor: { token, name: 'Dora' } });
  assert.equal(guest.token, token);
  assert.equal((await visitor.config({ token })).online, true);
  const room = await visitor.room({});
  assert.equal(room.open, true);
  const heard = new Inbox('visitor');
  const activity = new Inbox('activity');
  const agents = new Inbox('agent change');
  const deleted = new Inbox('deleted');
  await visitor.subscribeRoom(room._id);
  visitor.onMessage(heard.put);
  visitor.onUserActivity(activity.put);
  visitor.onRoomDeleteMessage(room._id, deleted.put);
  visitor.onAgentChange(room._id, agents.put);

  const { message: said } = await visitor.sendMessage({ rid: room._id, msg: 'hello desk' });
  await heard.next((m) => m._id === said._id);
  const [inquiry] = await queue.next((i) => i.rid === room._id);
  assert.equal(inquiry.status, 'queued');

  await desk.call('livechat:takeInquiry', inquiry._id);
  const [who] = await agents.next();
  assert.equal(who.username, agent.username);
  const read = new Inbox('agent');
  const messages = desk.stream('room-messages', room._id, read.put);
  await messages.ready();
  await desk.call('stream-notify-room', `${room._id}/user-activity`, agent.username, ['user-typing']);
  assert.deepEqual(await activity.next(), [agent.username, ['user-typing']]);
  const { message: answer } = await desk.rest.post('/v1/chat.sendMessage', { message: { rid: room._id, msg: 'hello Dora' } });
  const [arrived] = await heard.next((m) => m._id === answer._id);
  assert.equal(arrived.msg, 'hello Dora');
  const { message: more } = await visitor.sendMessage({ rid: room._id, msg: 'my question is' });
  await read.next((m) => m._id === more._id);
  await visitor.notifyVisitorActivity(room._id, guest.username, ['user-typing']);
  assert.deepEqual((await visitor.loadMessages(room._id, {})).filter((m) => !m.t).map((m) => m.msg),
    ['my question is', 'hello Dora', 'hello desk']);
  assert.equal((await visitor.agent(room._id)).username, agent.username);
  assert.equal((await visitor.message(said._id, { rid: room._id })).message._id, said._id);
  await desk.rest.post('/v1/chat.delete', { roomId: room._id, msgId: answer._id });
  const [gone] = await deleted.next();
  assert.equal(gone._id, answer._id);

  // A stream that is not his is refused, and the token of somebody else opens none.
  const foreign = desk.stream('notify-user', 'somebody/message', () => {});
  assert.equal((await refused(new Promise((_, fail) => { foreign.onChange((p) => p.error && fail(p.error)); }))).error,
    'not-allowed');
  visitor.token = 'another';
  assert.equal((await refused(visitor.sendMessage({ rid: room._id, msg: 'who am I?' }))).status, 400);
  visitor.token = token;

  assert.equal(await visitor.updateVisitorStatus('online'), 'online');
  await visitor.closeChat({ rid: room._id });
  await read.next((m) => m.t === 'livechat-close');
  messages.stop();
  inquiries.stop();
  await desk.account.logout();
  assert.equal(desk.account.uid, undefined);
  desk.connection.close();
  visitor.connection.close();
});
