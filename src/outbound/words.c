#include "outbound/words.h"

#include <stdlib.h>
#include <strings.h>

#include "common/mem.h"

static const struct {
    const char *language;
    const char *words[WORD_COUNT];
} table[] = {
    {"en", {"You", "Agent", "Transcript of your omnichannel conversation.", "joined the chat", "left the chat",
            "transferred the chat", "File", "What was said before this is left out: there was too much of it."}},
    {"de", {"Sie", "Mitarbeiter", "Mitschrift Ihres Gesprächs", "ist dem Chat beigetreten", "hat den Chat verlassen",
            "hat den Chat weitergeleitet", "Datei", "Was davor gesagt wurde, fehlt hier: Es war zu viel."}},
    {"es", {"Usted", "Agente", "Transcripción de su conversación", "se unió al chat", "salió del chat",
            "transfirió el chat", "Archivo", "Falta lo que se dijo antes: era demasiado."}},
    {"fr", {"Vous", "Agent", "Transcription de votre conversation", "a rejoint la discussion",
            "a quitté la discussion", "a transféré la discussion", "Fichier",
            "Ce qui a été dit avant manque ici : c'était trop long."}},
    {"it", {"Lei", "Operatore", "Trascrizione della Sua conversazione", "è entrato nella chat",
            "ha lasciato la chat", "ha trasferito la chat", "File", "Manca quanto detto prima: era troppo."}},
    {"nl", {"U", "Medewerker", "Verslag van uw gesprek", "neemt deel aan de chat", "heeft de chat verlaten",
            "heeft de chat doorgestuurd", "Bestand", "Wat eerder is gezegd ontbreekt: het was te veel."}},
    {"pt", {"Você", "Agente", "Transcrição da sua conversa", "entrou no chat", "saiu do chat",
            "transferiu o chat", "Arquivo", "Falta o que foi dito antes: era demais."}},
};

const char *word_in(const char *language, enum word w)
{
    for (size_t i = 0; language && i < COUNT_OF(table); i++) {
        if (strncasecmp(language, table[i].language, 2) != 0)
            continue;
        if (language[2] == '\0' || language[2] == '-' || language[2] == '_')
            return table[i].words[w];
    }
    return table[0].words[w];
}
