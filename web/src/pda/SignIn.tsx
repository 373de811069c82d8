import { useState } from "react";
import { setCsrfToken } from "@/api/client";
import { isProblem } from "@/api/problem";
import { floor, type Me } from "./api";
import { LanguageButton } from "./Settings";
import type { Language, Words } from "./locale";

/** The desk's own way of signing in, for a thumb; who is signed in there is signed in here. */
export function SignIn({ expired, language, words, onLanguage, onMe }: { expired: boolean; language: Language; words: Words; onLanguage: (language: Language) => void; onMe: (me: Me) => void }) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [failure, setFailure] = useState(expired ? words.signedOut : "");
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    setBusy(true);
    try {
      const me = await floor.signIn(username, password);
      setCsrfToken(me.csrf_token);
      onMe(me);
    } catch (error) {
      setFailure(isProblem(error) && error.detail !== "" ? error.detail : words.offline);
      setBusy(false);
    }
  };
  return (
    <main className="sign-in">
      <div className="sign-in-top"><LanguageButton language={language} words={words} onLanguage={onLanguage} /></div>
      <img src="/favicon.svg" alt="" width={72} height={72} />
      <h1>{words.app}</h1>
      {failure ? <p className="notice bad" role="alert">{failure}</p> : null}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <label>
          <span>{words.username}</span>
          <input name="username" autoComplete="username" autoCapitalize="off" required value={username} onChange={(event) => setUsername(event.target.value)} autoFocus />
        </label>
        <label>
          <span>{words.password}</span>
          <input name="password" type="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} />
        </label>
        <button type="submit" className="press primary" disabled={busy}>{busy ? words.sending : words.signIn}</button>
      </form>
    </main>
  );
}
