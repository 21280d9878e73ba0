// @rocket.chat/sdk: the calls of its REST classes, the stream of all own messages that bots listen to, resuming a login.
'use strict';

const { Inbox, assert, load, refused, story } = require('./story');

const { Bot, Rocketchat } = load('@rocket.chat/sdk');
const quiet = { debug() {}, info() {}, warning() {}, warn() {}, error() {} };

story(async ({ url, agent, admin, room }) => {
  const options = { host: url, useSsl: false, logger: quiet };
  const bot = new Bot({ ...options, config: {} });
  await bot.connect({});
  const login = await bot.login({ username: agent.username, password: agent.password });
  const news = new Inbox('messages of mine');
  const all = await bot.subscribeToMessages();
  all.onEvent((change) => news.put(change.fields.args[0], change.fields.args[1]));

  const root = new Rocketchat(options);
  await root.connect({});
  await root.login({ username: admin.username, password: admin.password });
  const sent = await root.sendMessage('to all', 'GENERAL');
  const [, about] = await news.next((m) => m._id === sent._id);
  assert.deepEqual([about.roomParticipant, about.roomType, about.roomName], [true, 'c', 'general']);

  assert.ok((await root.users.allNames()).includes(agent.username));
  assert.ok((await root.users.allIDs()).includes(agent.id));
  assert.ok((await root.users.onlineNames()).includes(agent.username));
  assert.equal((await root.users.info(agent.username))._id, agent.id);
  assert.equal((await root.channelInfo({ roomName: 'general' }))._id, 'GENERAL');
  await root.editMessage({ rid: 'GENERAL', _id: sent._id, msg: 'to everybody' });
  await news.next((m) => m._id === sent._id && m.msg === 'to everybody');
  const { updated } = await root.loadHistory('GENERAL', new Date(0));
  assert.ok(updated.some((m) => m.msg === 'to everybody'));

  const again = new Rocketchat(options);
  await again.connect({});
  assert.equal((await again.resume({ token: login.token })).id, agent.id);
  const hall = await again.methodCall('getRoomByTypeAndName', 'l', room);
  assert.equal(hall._id, room);
  const refusal = await refused(again.methodCall('livechat:closeRoom', 'no such room', ''));
  assert.equal(refusal.error, 'error-invalid-room');

  const direct = await bot.createDirectMessage(admin.username);
  assert.equal(direct.t, 'd');
  await root.subscribeRoom(direct._id);
  const private_ = new Inbox('direct');
  await root.onMessage(private_.put);
  await bot.sendToRoomId('between us', direct._id);
  const [whispered] = await private_.next((m) => m.msg === 'between us');
  assert.equal(whispered.u.username, agent.username);
  await bot.disconnect();
});
