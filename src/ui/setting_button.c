#include "ui/setting_button.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/id.h"
#include "common/mem.h"
#include "ui/form.h"
#include "ui/setting_edit.h"

static const struct setting_button buttons[] = {
    {
        .id = "webhook-test", .section = "CRM Integration", .label = "Send a test request",
        .method = "livechat:webhookTest", .needs = "Livechat_webhookUrl",
        .help = "Posts a made-up chat to the webhook, with the secret token as it is saved, and tells whether the "
                "receiver answered with status 200. Nothing else changes.",
        .missing = "sending webhook requests",
    },
    {
        .id = "facebook-enable", .section = "Facebook", .label = "Connect to the gateway",
        .method = "livechat:facebook", .action = "enable", .needs = "Livechat_Facebook_API_Key",
        .help = "Tells the Messenger gateway where this server is (Site URL) and switches the integration on. The "
                "gateway may answer with an address at which you have to agree first; then press it again.",
        .missing = "talking to the Messenger gateway",
    },
    {
        .id = "facebook-disable", .section = "Facebook", .label = "Disconnect from the gateway",
        .method = "livechat:facebook", .action = "disable", .needs = "Livechat_Facebook_API_Key",
        .help = "Tells the Messenger gateway to deliver nothing more and switches the integration off.",
        .missing = "talking to the Messenger gateway",
    },
    {
        .id = "facebook-pages", .section = "Facebook", .label = "List the pages",
        .method = "livechat:facebook", .action = "list-pages", .needs = "Livechat_Facebook_API_Key",
        .help = "Asks the Messenger gateway for your Facebook pages and which of them are subscribed.",
        .missing = "talking to the Messenger gateway",
    },
};

const struct setting_button *setting_buttons(size_t *n)
{
    *n = COUNT_OF(buttons);
    return buttons;
}

bool setting_button_applies(struct ui *ui, const struct setting_button *b, char *why, size_t n)
{
    setting_no no = b->needs ? catalogue_find(b->needs) : -1;
    why[0] = '\0';
    if (no < 0)
        return true;
    const struct client_setting *known = settings_draft_known(ui->settings, no);
    const struct setting_value *v = settings_draft_stored(ui->settings, no);
    bool set = v->type == SETTING_SECRET ? known && known->secret_set : v->s && *v->s;
    if (!set)
        snprintf(why, n, "needs %s to be set and saved", catalogue_row(no)->label);
    else if (settings_draft_is_changed(ui->settings, no))
        snprintf(why, n, "needs %s to be saved first", catalogue_row(no)->label);
    return why[0] == '\0';
}

static const unsigned result_contexts[] = {CTX_DIALOG, CTX_LIST, 0};
static const struct report_key result_foot[] = {{CMD_CANCEL, "Close"}, {CMD_ACCEPT, NULL}};

static const struct report_ops result_ops = {.name = "result", .contexts = result_contexts, .foot = result_foot};

/* The ui outlives the client's answers unless it is quitting. */
struct pressed {
    struct ui *ui;
    const struct setting_button *button;
};

static void on_result(void *arg, const char *text, bool missing, const struct error *err)
{
    struct pressed p = *(struct pressed *)arg;
    free(arg);
    if (p.ui->quitting)
        return;
    if (missing)
        ui_say(p.ui, true, "%s: this server cannot do it yet, %s is missing (method %s)", p.button->label,
               p.button->missing, p.button->method);
    else if (err)
        ui_say(p.ui, true, "%s: %s", p.button->label, err->text);
    else if (*text == '\0')
        ui_say(p.ui, false, "%s: it worked", p.button->label);
    if (err || *text == '\0') {
        ui_dirty_all(p.ui);
        ui_schedule(p.ui);
        return;
    }
    struct report *s = report_new(p.ui, p.button->label, &result_ops, NULL);
    report_add(s, -1, ROLE_TEXT, 0, text);
    report_show(s);
    ui_dirty_all(p.ui);
    ui_schedule(p.ui);
}

int setting_button_press(struct ui *ui, const struct setting_button *b, struct error *err)
{
    char why[200];
    if (!ui->model->may_edit_settings)
        return error_set(err, ERR_DENIED, NULL, "You may not change settings on this server");
    if (!setting_button_applies(ui, b, why, sizeof why))
        return error_set(err, ERR_STATE, NULL, "%s %s", b->label, why);
    struct pressed *p = x_calloc(1, sizeof *p);
    *p = (struct pressed){ui, b};
    ui_say(ui, false, "%s…", b->label);
    client_run_action(ui->client, b->method, b->action, on_result, p);
    return 0;
}

/* --- a new key for the external frame: made here, as other consoles of this protocol do --- */

struct new_key {
    struct ui *ui;
    char jwk[192];
};

static void on_key_saved(void *arg, const struct client_settings_answer *a, const struct error *err)
{
    struct new_key *key = arg;
    struct ui *ui = key->ui;
    (void)a;
    if (!ui->quitting && err) {
        ui_say(ui, true, "The new key was not saved: %s", err->text);
    } else if (!ui->quitting) {
        struct report *s = report_new(ui, "The new key", &result_ops, NULL);
        report_add(s, -1, ROLE_TEXT, 0, "It is saved. The outside page needs it now; it is shown this once only.\n ");
        report_add(s, -1, ROLE_STRONG, 0, key->jwk);
        report_show(s);
    }
    if (!ui->quitting) {
        settings_refresh(ui);
        ui_dirty_all(ui);
        ui_schedule(ui);
    }
    memset(key->jwk, 0, sizeof key->jwk);
    free(key);
}

static int make_key(struct ui *ui, struct form *f, void *arg, struct error *err)
{
    char secret[44];
    (void)f;
    (void)arg;
    (void)err;
    setting_no no = catalogue_find("Omnichannel_External_Frame_Encryption_JWK");
    struct new_key *key = x_calloc(1, sizeof *key);
    id_secret(32, secret);
    key->ui = ui;
    snprintf(key->jwk, sizeof key->jwk,
             "{\"alg\":\"A256GCM\",\"ext\":true,\"k\":\"%s\",\"key_ops\":[\"encrypt\",\"decrypt\"],\"kty\":\"oct\"}",
             secret);
    struct client_setting_change change = {.no = no, .value = {.type = SETTING_SECRET, .s = key->jwk}};
    settings_draft_revert(ui->settings, no);
    client_save_settings(ui->client, &change, 1, on_key_saved, key);
    return 0;
}

int setting_new_key(struct ui *ui, setting_no no, struct error *err)
{
    setting_no target = catalogue_find("Omnichannel_External_Frame_Encryption_JWK");
    const struct client_setting *known = settings_draft_known(ui->settings, target);
    if (!str_eq(catalogue_row(no)->id, "Omnichannel_External_Frame_GenerateKey"))
        return error_set(err, ERR_STATE, NULL, "%s cannot be run from here", catalogue_row(no)->label);
    if (!settings_draft_stored_bool(ui->settings, "Omnichannel_External_Frame_Enabled"))
        return error_set(err, ERR_STATE, NULL, "Save External frame enabled first");
    bool replaced = known && known->secret_set;
    struct form *f =
        form_new(ui, catalogue_row(no)->label,
                 replaced ? "Replace the encryption key? The outside page cannot read agents' tokens until it has "
                            "the new one. This is saved at once."
                          : "Make an encryption key? From then on agents' tokens reach the outside page encrypted. "
                            "This is saved at once.",
                 "Make a key", make_key, NULL, NULL);
    if (replaced)
        form_danger(f);
    form_show(f);
    return 0;
}
