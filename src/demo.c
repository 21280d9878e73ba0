/* usher-demo: fills a workspace and plays its visitors. Everything goes through the public interface, over the core's
   unix socket; the visitors use the visitors' endpoints like anybody. Ends with the console that started it. */
#include <curl/curl.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/id.h"
#include "common/mem.h"

#define CHATS 7
#define LINES 6

struct person {
    const char *name, *email, *department;
    const char *lines[LINES];
};

static const struct person people[] = {
    {"Maria Lindqvist", "maria@example.org", "Support",
     {"Hi! My parcel says delivered, but there is nothing here.", "The number is 4417-2290.",
      "I looked at the neighbours', nothing.", "Oh, there is a note in the letter box! Thank you :)"}},
    {"Tom Okafor", "tom.okafor@example.net", "Sales",
     {"Hello, do you have a discount for schools?", "About 120 licences, one year.",
      "Could you send me a quote?", "Great, I'll show it to our head."}},
    {"\xE6\x9D\x8E \xE5\xA8\x9C", "lina@example.com", "Support",
     {"\xE4\xBD\xA0\xE5\xA5\xBD\xEF\xBC\x8C\xE6\x88\x91\xE6\x97\xA0\xE6\xB3\x95\xE7\x99\xBB\xE5\xBD\x95\xE3\x80\x82",
      "Sorry, English is fine too. I cannot log in since this morning.", "It says my code has expired.",
      "Works now \xF0\x9F\x8E\x89"}},
    {"Jo\xC3\xA3o Silva", "joao@example.org", "Billing",
     {"I was charged twice in October.", "Invoice 2026-1188 and 2026-1189, same amount.", "Card ending 4242.",
      "Perfect, obrigado!"}},
    {"Priya Raman", "priya@example.net", "Sales",
     {"Does the annual plan include phone support?", "And can we switch later?", "OK, I'll start with the monthly one."}},
    {"Sam Weber", "sam@example.com", "Support",
     {"The app freezes when I open settings.", "Version 5.2 on Linux.", "Yes, I can send the log.", "It was the old cache, solved."}},
    {"Ella Novak", "ella@example.org", "Billing",
     {"Can I pay by bank transfer?", "We are a small club, no credit card.", "Thanks, that helps a lot."}},
    {"Noor Haddad", "noor@example.com", "Support",
     {"\xD9\x85\xD8\xB1\xD8\xAD\xD8\xA8\xD8\xA7", "Is there a way to export all my data?", "As CSV, if possible.",
      "Found it, thank you!"}},
};

struct chat {
    const struct person *who;
    char token[65], rid[64];
    int next;                  /* line to say */
    int mood;                  /* rounds until the next thing happens */
};

static CURL *curl;
static const char *socket_path;
static struct id_source rnd;
static char *department_ids[3];
static const char *const department_names[] = {"Support", "Sales", "Billing"};

static size_t on_body(char *data, size_t size, size_t n, void *arg)
{
    struct buf *b = arg;
    if (b->len + size * n > 8 * 1024 * 1024)
        return 0;
    buf_append(b, data, size * n);
    return size * n;
}

/* One call; NULL when it failed. The caller owns the answer. */
static json_t *call(const char *verb, json_t *body_take, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static json_t *call(const char *verb, json_t *body_take, const char *fmt, ...)
{
    struct buf answer = BUF_INIT, url = BUF_INIT;
    va_list ap;
    char path[512];
    va_start(ap, fmt);
    vsnprintf(path, sizeof(path), fmt, ap);
    va_end(ap);
    buf_printf(&url, "http://localhost/api/v1/%s", path);
    char *body = body_take ? json_dumps(body_take, JSON_COMPACT) : NULL;
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket_path);
    curl_easy_setopt(curl, CURLOPT_URL, url.data);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, verb);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 10L);
    if (body)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    CURLcode rc = curl_easy_perform(curl);
    if (rc == CURLE_COULDNT_CONNECT)
        exit(0); /* the core is gone, and with it the reason to be here */
    json_t *out = rc == CURLE_OK ? json_loadb(answer.data ? answer.data : "", answer.len, 0, NULL) : NULL;
    if (out && !json_is_true(json_object_get(out, "success")))
        fprintf(stderr, "%s %s: %s\n", verb, path, answer.data);
    curl_slist_free_all(headers);
    json_decref(body_take);
    free(body);
    buf_free(&url);
    buf_free(&answer);
    return out;
}

static const char *text_at(json_t *o, const char *a, const char *b)
{
    json_t *v = json_object_get(o, a);
    if (b)
        v = json_object_get(v, b);
    return json_string_value(v);
}

static void set(const char *id, json_t *value_take)
{
    json_decref(call("POST", json_pack("{s:o}", "value", value_take), "settings/%s", id));
}

static void make_agent(const char *username, const char *name, json_t *agents)
{
    char secret[64];
    id_secret(24, secret);
    json_t *made = call("POST", json_pack("{s:s,s:s,s:s+,s:s}", "username", username, "name", name, "email", username,
                                          "@example.org", "password", secret), "users.create");
    const char *id = text_at(made, "user", "_id");
    json_decref(call("POST", json_pack("{s:s}", "username", username), "livechat/users/agent"));
    if (id)
        json_array_append_new(agents, json_pack("{s:s}", "agentId", id));
    json_decref(made);
}

static void make_department(int i, json_t *agents)
{
    json_t *made = call("POST",
                        json_pack("{s:{s:b,s:s,s:s,s:b,s:b},s:O}", "department", "enabled", 1, "name", department_names[i],
                                  "email", "desk@example.org", "showOnRegistration", 1, "showOnOfflineForm", 1, "agents",
                                  agents),
                        "livechat/department");
    department_ids[i] = x_strdup(text_at(made, "department", "_id"));
    json_decref(made);
}

static void make_canned(const char *shortcut, const char *text)
{
    json_decref(call("POST", json_pack("{s:s,s:s,s:s,s:[s]}", "shortcut", shortcut, "text", text, "scope", "global",
                                       "tags", "demo"), "canned-responses"));
}

static bool find_departments(void)
{
    json_t *list = call("GET", NULL, "livechat/department"), *d;
    size_t i;
    json_array_foreach(json_object_get(list, "departments"), i, d) {
        for (int k = 0; k < 3; k++)
            if (str_eq(text_at(d, "name", NULL), department_names[k]))
                str_set(&department_ids[k], text_at(d, "_id", NULL));
    }
    json_decref(list);
    return department_ids[0] && department_ids[1] && department_ids[2];
}

static void grant(const char *right)
{
    json_decref(call("POST", json_pack("{s:[{s:s,s:[s,s,s,s]}]}", "permissions", "_id", right, "roles",
                                       "livechat-manager", "livechat-monitor", "livechat-agent", "admin"),
                     "permissions.update"));
}

static void make_workspace(void)
{
    json_t *me = call("GET", NULL, "me");
    json_t *agents = json_array();
    json_decref(call("POST", json_pack("{s:s}", "username", text_at(me, "username", NULL)), "livechat/users/agent"));
    json_array_append_new(agents, json_pack("{s:s}", "agentId", text_at(me, "_id", NULL)));
    make_agent("anna", "Anna Berg", agents);
    make_agent("ben", "Ben Carter", agents);
    make_agent("chloe", "Chlo\xC3\xA9 Martin", agents);
    for (int i = 0; i < 3; i++)
        make_department(i, agents);
    set("Livechat_Routing_Method", json_string("Manual_Selection"));
    set("Livechat_title", json_string("usher demo"));
    grant("transfer-livechat-guest");
    grant("send-omnichannel-chat-transcript");
    make_canned("hi", "Hello {{contact.name}}, this is {{agent.name}}. How can I help?");
    make_canned("wait", "One moment please, I am looking into it.");
    make_canned("number", "Could you tell me the order number? It is in the confirmation mail.");
    make_canned("hours", "We are here from Monday to Friday, 8 to 20 h.");
    make_canned("refund", "I have started the refund; it takes two to five working days.");
    make_canned("bye", "You are welcome, {{contact.name}}. Have a good day!");
    json_decref(agents);
    json_decref(me);
}

static unsigned pick(unsigned n)
{
    return (unsigned)(id_next(&rnd) % n);
}

static void say(struct chat *c, const char *text)
{
    json_decref(call("POST", json_pack("{s:s,s:s,s:s}", "token", c->token, "rid", c->rid, "msg", text),
                     "livechat/message"));
}

static const char *department_of(const struct person *p)
{
    for (int i = 0; i < 3; i++)
        if (strcmp(p->department, department_names[i]) == 0)
            return department_ids[i];
    return NULL;
}

static void start_chat(struct chat *c, const struct person *who)
{
    *c = (struct chat){.who = who, .mood = 3 + (int)pick(6)};
    for (int i = 0; i < 64; i++)
        c->token[i] = "0123456789abcdef"[pick(16)];
    json_decref(call("POST", json_pack("{s:{s:s,s:s,s:s,s:s}}", "visitor", "token", c->token, "name", who->name, "email",
                                       who->email, "department", department_of(who)), "livechat/visitor"));
    json_t *room = call("GET", NULL, "livechat/room?token=%s", c->token);
    const char *rid = text_at(room, "room", "_id");
    if (rid == NULL)
        c->who = NULL;
    else {
        snprintf(c->rid, sizeof(c->rid), "%s", rid);
        say(c, who->lines[c->next++]);
    }
    json_decref(room);
}

/* Has an agent the last word? */
static bool was_answered(const struct chat *c, bool *open)
{
    json_t *history = call("GET", NULL, "livechat/messages.history/%s?token=%s&limit=1", c->rid, c->token);
    json_t *last = json_array_get(json_object_get(history, "messages"), 0);
    const char *type = text_at(last, "t", NULL);
    bool agent = last && json_object_get(last, "token") == NULL && type == NULL;
    *open = !(type && (strcmp(type, "livechat-close") == 0 || strcmp(type, "command") == 0) &&
              !str_eq(text_at(last, "msg", NULL), "connected"));
    json_decref(history);
    return agent;
}

static void live(struct chat *c)
{
    bool open;
    if (c->mood-- > 0)
        return;
    c->mood = 2 + (int)pick(4);
    bool answered = was_answered(c, &open);
    if (!open) {
        c->who = NULL;
        return;
    }
    if (!answered)
        return;
    const char *line = c->next < LINES ? c->who->lines[c->next] : NULL;
    if (line) {
        say(c, line);
        c->next++;
        return;
    }
    json_decref(call("POST", json_pack("{s:s,s:s}", "rid", c->rid, "token", c->token), "livechat/room.close"));
    c->who = NULL;
}

static bool is_here(const struct chat *chats, const struct person *who)
{
    for (int i = 0; i < CHATS; i++)
        if (chats[i].who == who)
            return true;
    return false;
}

/* One troupe a workspace, however many consoles look at it. The lock ends with the process. */
static bool is_alone(void)
{
    AUTO_FREE char *path = x_asprintf("%s.visitors", socket_path);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;
}

int main(int argc, char **argv)
{
    static struct chat chats[CHATS];
    if (argc != 3 || strcmp(argv[1], "--socket") != 0) {
        fputs("usage: usher-demo --socket PATH\n", stderr);
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    socket_path = argv[2];
    if (!is_alone())
        return 0;
    rnd.state = id_entropy();
    curl_global_init(CURL_GLOBAL_NOTHING);
    curl = curl_easy_init();
    if (!find_departments())
        make_workspace();
    for (unsigned round = 0;; round++) {
        for (int i = 0; i < CHATS; i++) {
            if (chats[i].who) {
                live(&chats[i]);
                continue;
            }
            const struct person *who = &people[pick(COUNT_OF(people))];
            if ((round < 4 || pick(12) == 0) && !is_here(chats, who)) {
                start_chat(&chats[i], who);
                break;
            }
        }
        usleep(700 * 1000);
    }
}
