#include "server/setting.h"

static const struct setting_value *value(const struct core *c, const char *id)
{
    setting_no no = catalogue_find(id);
    return no < 0 ? NULL : core_setting_in_force(c, no);
}

bool setting_bool(const struct core *c, const char *id, bool fallback)
{
    const struct setting_value *v = value(c, id);
    return v && v->type == SETTING_BOOL ? v->b : fallback;
}

int64_t setting_int(const struct core *c, const char *id, int64_t fallback)
{
    const struct setting_value *v = value(c, id);
    return v && v->type == SETTING_INT ? v->i : fallback;
}

const char *setting_text(const struct core *c, const char *id, const char *fallback)
{
    const struct setting_value *v = value(c, id);
    return v && v->s ? v->s : fallback;
}
