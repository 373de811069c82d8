/** A language is named in itself, whatever the language of the page. */
export const LANGUAGE_NAMES = { "zh-CN": "中文", en: "English" };
