// @rocket.chat/api-client: calls of an administrator's program by REST alone.
'use strict';

const { assert, load, refused, story } = require('./story');

const { RestClient } = load('@rocket.chat/api-client');

story(async ({ url, admin, agent, token, room }) => {
  const open = new RestClient({ baseUrl: url });
  const { data } = await open.post('/v1/login', { user: admin.username, password: admin.password });
  const rest = new RestClient({ baseUrl: url, credentials: { 'X-User-Id': data.userId, 'X-Auth-Token': data.authToken } });
  assert.equal((await rest.get('/v1/me')).username, admin.username);

  const { department } = await rest.post('/v1/livechat/department', {
    department: { enabled: true, name: `Desk of ${token}`, email: 'd@example.org', showOnRegistration: true,
      showOnOfflineForm: false },
    agents: [{ agentId: agent.id }],
  });
  assert.deepEqual((await rest.get(`/v1/livechat/department/${department._id}`)).agents.map((a) => a.username), [agent.username]);
  await rest.put(`/v1/livechat/department/${department._id}`, { department: { ...department, description: 'new' }, agents: [] });
  const list = await rest.get('/v1/livechat/department', { text: `Desk of ${token}`, count: 5, offset: 0 });
  assert.deepEqual([list.total, list.departments[0].description], [1, 'new']);

  const rooms = await rest.get('/v1/livechat/rooms', { open: true, agents: [], count: 1, sort: JSON.stringify({ ts: -1 }) });
  assert.equal(rooms.count, 1);
  const { inquiry } = await rest.get('/v1/livechat/inquiries.getOne', { roomId: room });
  assert.equal(inquiry.rid, room);
  assert.ok((await rest.get('/v1/livechat/queue', {})).queue);
  const { users } = await rest.get('/v1/livechat/users/agent', { text: agent.username });
  assert.deepEqual(users.map((u) => u._id), [agent.id]);

  // A form with a file goes as multipart; the answer is the message.
  const visitor = new RestClient({ baseUrl: url });
  await visitor.post('/v1/livechat/visitor', { visitor: { token, name: 'Ada' } });
  const own = (await visitor.get('/v1/livechat/room', { token })).room;
  const form = new FormData();
  form.append('file', new File(['some words'], 'note.txt', { type: 'text/plain' }));
  const sent = await visitor.post(`/v1/livechat/upload/${own._id}`, form, { headers: { 'x-visitor-token': token } });
  assert.equal(sent.file.name, 'note.txt');

  // What is refused comes as the answer itself.
  const wrong = await refused(rest.get('/v1/livechat/rooms', { agents: 'one' }));
  assert.equal(wrong.status, 400);
  assert.equal((await wrong.json()).errorType, 'invalid-params');
  assert.equal((await refused(open.get('/v1/me'))).status, 401);
  await rest.delete(`/v1/livechat/department/${department._id}`);
  await rest.post('/v1/logout');
  assert.equal((await refused(rest.get('/v1/me'))).status, 401);
});
