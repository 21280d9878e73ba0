#include "common/id.h"

#include <stdlib.h>
#include <sys/random.h>

uint64_t id_next(struct id_source *src)
{
    uint64_t z = (src->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* In ascending order of bytes. */
static const char alphabet[] = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";

#define LETTERS (sizeof(alphabet) - 1)

/* At most 9: 55^9 fits into 64 bits. */
static void put_letters(uint64_t bits, char *out, int n)
{
    for (int i = 0; i < n; i++) {
        out[i] = alphabet[bits % LETTERS];
        bits /= LETTERS;
    }
}

void id_make(struct id_source *src, char out[ID_LEN + 1])
{
    put_letters(id_next(src), out, 9);
    put_letters(id_next(src), out + 9, ID_LEN - 9);
    out[ID_LEN] = '\0';
}

void id_make_ordered(struct id_source *src, int64_t ms, char out[ID_LEN + 1])
{
    uint64_t rest = (uint64_t)ms;
    put_letters(id_next(src), out + 8, ID_LEN - 8);
    for (int i = 7; i >= 0; i--) { /* 55^8 ms reach beyond the year 4000 */
        out[i] = alphabet[rest % LETTERS];
        rest /= LETTERS;
    }
    out[ID_LEN] = '\0';
}

static void random_bytes(void *p, size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = getrandom((char *)p + done, n - done, 0);
        if (got < 0)
            abort();
        done += (size_t)got;
    }
}

uint64_t id_entropy(void)
{
    /* A pool spares a system call per command. */
    static uint64_t pool[64];
    static size_t left;
    if (left == 0) {
        random_bytes(pool, sizeof(pool));
        left = 64;
    }
    return pool[--left];
}

void id_secret(size_t n, char *out)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    unsigned char raw[96];
    if (n > sizeof(raw))
        abort();
    random_bytes(raw, n);
    size_t o = 0;
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)raw[i] << 16;
        if (i + 1 < n)
            v |= (uint32_t)raw[i + 1] << 8;
        if (i + 2 < n)
            v |= raw[i + 2];
        out[o++] = set[v >> 18 & 63];
        out[o++] = set[v >> 12 & 63];
        if (i + 1 < n)
            out[o++] = set[v >> 6 & 63];
        if (i + 2 < n)
            out[o++] = set[v & 63];
    }
    out[o] = '\0';
}
