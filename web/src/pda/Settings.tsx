import { useState } from "react";
import { setSoundEnabled, soundEnabled } from "@/shared/scan/sound";
import { LANGUAGE_NAMES } from "@/shared/i18n/names";
import type { Me } from "./api";
import { feel } from "./feedback";
import { Icon } from "./icons";
import type { Language, Words } from "./locale";
import { isHighContrast, setHighContrast, setTheme, themeChoice, type ThemeChoice } from "./look";

export function LanguageButton({ language, words, onLanguage }: { language: Language; words: Words; onLanguage: (language: Language) => void }) {
  const other: Language = language === "en" ? "zh-CN" : "en";
  return <button type="button" lang={other} onClick={() => onLanguage(other)}>{words.other}</button>;
}

function Row<T extends string>({ label, value, options, onChange }: { label: string; value: T; options: readonly (readonly [T, string])[]; onChange: (value: T) => void }) {
  return (
    <fieldset className="setting">
      <legend>{label}</legend>
      <div className="segments">
        {options.map(([code, name]) => (
          <button key={code} type="button" aria-pressed={code === value} onClick={() => onChange(code)}>{name}</button>
        ))}
      </div>
    </fieldset>
  );
}

export function Settings({ me, language, words, onLanguage, onBack, onSignOut }: { me: Me; language: Language; words: Words; onLanguage: (language: Language) => void; onBack: () => void; onSignOut: () => void }) {
  const [theme, chooseTheme] = useState<ThemeChoice>(themeChoice);
  const [contrast, chooseContrast] = useState(isHighContrast);
  const [sound, chooseSound] = useState(soundEnabled);
  const onOff = [["on", words.on], ["off", words.off]] as const;
  return (
    <div className="menu">
      <header className="top">
        <button type="button" className="icon" aria-label={words.back} onClick={onBack}>
          <Icon name="back" />
        </button>
        <strong>{words.settings}</strong>
      </header>
      <main>
        <p className="hint">{me.user.display_name || me.user.username}</p>
        <Row label={words.language} value={language} options={[["zh-CN", LANGUAGE_NAMES["zh-CN"]], ["en", LANGUAGE_NAMES.en]]} onChange={onLanguage} />
        <Row
          label={words.theme}
          value={theme}
          options={[["auto", words.auto], ["light", words.light], ["dark", words.dark]]}
          onChange={(next) => {
            setTheme(next);
            chooseTheme(next);
          }}
        />
        <Row
          label={words.contrast}
          value={contrast ? "on" : "off"}
          options={onOff}
          onChange={(next) => {
            setHighContrast(next === "on");
            chooseContrast(next === "on");
          }}
        />
        <Row
          label={words.sound}
          value={sound ? "on" : "off"}
          options={onOff}
          onChange={(next) => {
            setSoundEnabled(next === "on");
            chooseSound(next === "on");
            feel("right");
          }}
        />
        <a className="press" href="/">{words.desk}</a>
        <button type="button" className="press" onClick={onSignOut}>{words.signOut}</button>
      </main>
    </div>
  );
}
