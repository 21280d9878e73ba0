#include "outbound/mail_job.h"

#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/mem.h"
#include "core/core.h"
#include "outbound/mailtext.h"
#include "outbound/mime.h"
#include "outbound/words.h"

/* behaviour 19.1: the zone of the server, a fixed one, or that of who asked. Accounts have no zone of their own here, the
   interface says UTC; visitors have none either. */
static const char *zone_of(const struct core *c, const struct store_mail *mail)
{
    const char *whose = core_setting_text(c, "Default_Timezone_For_Reporting");
    if (strcmp(whose, "custom") == 0)
        return core_setting_text(c, "Default_Custom_Timezone");
    return strcmp(whose, "user") == 0 && mail->user_id ? "Etc/UTC" : NULL;
}

/* The department's address when it is one, else that of the setting (behaviour 9.4). */
static const char *mailbox_of(const struct core *c, const struct store_mail *mail)
{
    const struct department *d = core_department_by_name(c, mail->department_id);
    if (d == NULL || d->email == NULL || *d->email == '\0')
        return core_setting_text(c, "Livechat_offline_email");
    if (mail_address_is_plain(d->email))
        return d->email;
    log_warn("department %s: \"%.100s\" is no mail address, mail %s goes to Livechat_offline_email", d->id, d->email,
             mail->id);
    return core_setting_text(c, "Livechat_offline_email");
}

void mail_setup_read(struct mail_setup *out, const struct core *c, const struct store_mail *mail, const char *ca_file)
{
    const char *mailbox = mail->kind == MAIL_TRANSCRIPT ? mail->address : mailbox_of(c, mail);
    *out = (struct mail_setup){
        .from = x_strdup(core_setting_text(c, "From_Email")),
        .to = x_strdup(mailbox),
        .language = x_strdup(core_setting_text(c, "Language")),
        .zone = x_strdup(zone_of(c, mail)),
        .show_agents = core_setting_bool(c, "Livechat_show_agent_info"),
        .server = {.protocol = x_strdup(core_setting_text(c, "SMTP_Protocol")),
                   .host = x_strdup(core_setting_text(c, "SMTP_Host")),
                   .port = (int)core_setting_int(c, "SMTP_Port"),
                   .no_starttls = core_setting_bool(c, "SMTP_IgnoreTLS"),
                   .username = x_strdup(core_setting_text(c, "SMTP_Username")),
                   .password = x_strdup(core_setting_text(c, "SMTP_Password")),
                   .ca_file = x_strdup(ca_file)}};
}

struct mail_job *mail_job_new(struct mailer *m, struct store_mail *mail)
{
    struct mail_job *j = x_calloc(1, sizeof *j);
    j->mailer = m;
    j->mail = *mail;
    *mail = (struct store_mail){0};
    return j;
}

void mail_job_free(struct mail_job *j)
{
    store_mail_free(&j->mail);
    free(j->setup.from);
    free(j->setup.to);
    free(j->setup.language);
    free(j->setup.zone);
    smtp_server_free(&j->setup.server);
    free(j->from);
    buf_free(&j->message);
    free(j);
}

/* A chat that was erased meanwhile is gone for good; its mails were dropped, but one may have been read before. */
static bool write_transcript(struct mail_job *j, struct store_reader *r, struct mime_mail *mail, struct buf *text,
                             struct buf *html)
{
    const struct transcript_style style = {j->setup.language, j->setup.zone, j->setup.show_agents};
    if (!mailtext_transcript(r, &j->mail, &style, text, html)) {
        j->built = BUILD_GONE;
        error_set(&j->failure, ERR_NOT_FOUND, NULL, "the chat is no longer there");
        return false;
    }
    mail->reply_to = mail->from;
    mail->reply_name = mail->from_name;
    mail->subject = j->mail.subject ? j->mail.subject : word_in(j->setup.language, WORD_SUBJECT);
    return true;
}

static void write_offline(const struct mail_job *j, struct mime_mail *mail, char **name, char **subject, struct buf *text,
                          struct buf *html)
{
    *name = x_asprintf("%s - %s", j->mail.name, j->mail.address);
    *subject = mailtext_offline_subject(&j->mail);
    mail->from_name = *name;
    mail->reply_to = mail_address_is_plain(j->mail.address) ? j->mail.address : NULL;
    mail->reply_name = j->mail.name;
    mail->subject = *subject;
    mailtext_offline(&j->mail, text, html);
}

static void write_test(const struct mail_job *j, struct mime_mail *mail, char **subject, struct buf *text, struct buf *html)
{
    *subject = x_asprintf("Test of the e-mail inbox %.200s", j->mail.name);
    mail->subject = *subject;
    buf_puts(text, "This mail went out through the mail server of the e-mail inbox.\r\n");
    buf_puts(html, "<p>This mail went out through the mail server of the e-mail inbox.</p>\r\n");
}

void mail_job_build(struct mail_job *j, struct store_reader *r)
{
    struct buf text = BUF_INIT, html = BUF_INIT;
    AUTO_FREE char *from_name = NULL, *name = NULL, *subject = NULL;
    struct mime_mail mail = {.id = j->mail.id, .to = j->setup.to, .date_ms = j->mail.created_ms};
    if (j->setup.to == NULL || *j->setup.to == '\0') {
        j->built = BUILD_NO_ADDRESS;
        error_set(&j->failure, ERR_STATE, NULL, "nobody has said where to (Livechat_offline_email)");
        return;
    }
    j->built = BUILD_FAILED;
    if (mime_split_mailbox(j->setup.from, &from_name, &j->from, &j->failure) != ERR_OK)
        return;
    mail.from = j->from;
    mail.from_name = from_name;
    bool good = true;
    if (j->mail.kind == MAIL_TRANSCRIPT)
        good = write_transcript(j, r, &mail, &text, &html);
    else if (j->mail.kind == MAIL_TEST)
        write_test(j, &mail, &subject, &text, &html);
    else
        write_offline(j, &mail, &name, &subject, &text, &html);
    mail.text = text.data ? text.data : "";
    mail.html = html.data ? html.data : "";
    if (good && mime_write(&mail, &j->message, &j->failure) == ERR_OK)
        j->built = BUILD_DONE;
    buf_free(&text);
    buf_free(&html);
}
