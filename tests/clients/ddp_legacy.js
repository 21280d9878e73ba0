// @rocket.chat/ddp-client: the class that stands in for the older SDK.
'use strict';

const { Inbox, assert, load, sha256, story } = require('./story');

const { RocketchatSdkLegacyImpl } = load('@rocket.chat/ddp-client');

story(async ({ url, agent, admin }) => {
  const desk = RocketchatSdkLegacyImpl.create(url);
  await desk.connect();
  await desk.login({ username: agent.username, password: sha256(agent.password) });
  await desk.subscribeNotifyUser();
  await desk.subscribeNotifyAll();
  await desk.subscribeLoggedNotify();
  const rooms = new Inbox('rooms');
  desk.onStreamData('subscriptions-changed', rooms.put);

  const names = (await desk.users.allNames()).users.map((u) => u.name);
  assert.ok(names.length > 0);
  assert.equal((await desk.users.info(agent.username)).user._id, agent.id);
  assert.equal((await desk.rooms.info({ roomId: 'GENERAL' })).room.name, 'general');

  const heard = new Inbox('general');
  await desk.subscribeRoom('GENERAL');
  desk.onMessage(heard.put);
  const { message } = await desk.sendMessage('hello', 'GENERAL');
  await heard.next((args) => (args[0] ?? args)._id === message._id);
  await desk.editMessage({ roomId: 'GENERAL', msgId: message._id, text: 'hello all' });
  await heard.next((args) => (args[0] ?? args).msg === 'hello all');
  assert.ok((await desk.loadHistory('GENERAL', new Date(0))).result.updated.some((m) => m._id === message._id));

  const { room } = await desk.dm.create(admin.username);
  assert.deepEqual(room.usernames.sort(), [admin.username, agent.username].sort());
  const other = RocketchatSdkLegacyImpl.create(url);
  await other.connect();
  await other.resume({ token: desk.account.user.token });
  assert.equal((await other.methodCall('createDirectMessage', admin.username)).rid, room.rid);
  await other.disconnect();
  await desk.disconnect();
});
