#include "server/first.h"

#include <stdio.h>
#include <string.h>

#include "common/id.h"
#include "common/log.h"
#include "common/mem.h"
#include "server/options.h"
#include "server/session.h"
#include "store/store.h"

static int make_user(struct server *s, const char *id, const char *username, const char *name, const char *email,
                     uint32_t roles, bool is_bot, char **made_id, struct error *e)
{
    struct result result;
    const bool verified = true;
    struct command cmd = server_command(COMMAND_USER_SAVE, NULL);
    cmd.user_save.new_id = id;
    cmd.user_save.username = username;
    cmd.user_save.name = name;
    cmd.user_save.email = email;
    cmd.user_save.roles = &roles;
    cmd.user_save.is_bot_type = is_bot;
    cmd.user_save.verified = email ? &verified : NULL;
    if (server_step(s, &cmd, &result) < 0) {
        *e = result.error;
        return result.error.code ? result.error.code : -1;
    }
    if (made_id)
        *made_id = x_strdup(result.user->id);
    return 0;
}

static int set_password(struct server *s, const char *user_id, const char *password, struct error *e)
{
    char hash[128];
    if (!password_hash(password, hash, sizeof hash))
        return error_set(e, ERR_UNAVAILABLE, NULL, "the system's crypt does not know bcrypt");
    store_put_password(s->store, user_id, hash);
    return 0;
}

int first_start(struct server *s, struct error *e)
{
    const struct options *o = s->options;
    const char *username = o->admin_username ? o->admin_username : "admin";
    uint32_t roles = ROLE_ADMIN | (o->embedded ? ROLE_AGENT | ROLE_MANAGER : 0);
    char generated[40];
    AUTO_FREE char *id = NULL;
    id_secret(15, generated);
    if (make_user(s, "rocket.cat", "rocket.cat", "Rocket.Cat", NULL, ROLE_BOT, true, NULL, e) < 0 ||
        make_user(s, o->admin_id, username, "Administrator", o->admin_email, roles, false, &id, e) < 0)
        return -1;
    const char *password = o->admin_password;
    if (password == NULL && !o->embedded) {
        password = generated;
        fprintf(stderr, "usherd: first start: administrator \"%s\", password %s (shown only now)\n", username, generated);
    }
    return password ? set_password(s, id, password, e) : 0;
}
