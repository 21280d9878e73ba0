/* The widget sends what visitors type with some characters as HTML entities (widget 8). */
#ifndef COMMON_ENTITY_H
#define COMMON_ENTITY_H

/* Undoes what the widget does before it sends (widget 5): six entities, once. In place: the text only gets shorter. */
void text_unescape(char *text);

#endif
