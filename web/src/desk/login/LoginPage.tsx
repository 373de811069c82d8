import { LockOutlined, UserOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router";
import { api, isProblem, type Me } from "@/api";
import { setCsrfToken } from "@/api/client";
import { setLanguage } from "@/shared/i18n";
import { LANGUAGE_NAMES } from "@/shared/i18n/names";
import { ME_KEY } from "@/shared/session/session";
import { Logo } from "@/shared/shell/Logo";
import { problemText } from "@/shared/ui/problemText";
import css from "./login.module.css";
import { safeNext } from "./next";

interface Credentials {
  username: string;
  password: string;
}

/** A warehouse seen from its roof: racks, and one walk through them. Decoration only. */
function Picture() {
  const racks = Array.from({ length: 6 }, (_, row) => Array.from({ length: 9 }, (_, column) => ({ row, column })));
  return (
    <svg className={css.picture} viewBox="0 0 560 300" preserveAspectRatio="xMidYMax slice" aria-hidden>
      {racks.flat().map(({ row, column }) => (
        <rect
          key={`${row}-${column}`}
          x={30 + column * 56}
          y={20 + row * 44}
          width={38}
          height={28}
          rx={4}
          className={(row * 7 + column * 5) % 4 === 0 ? css.rackFull : css.rack}
        />
      ))}
      <polyline className={css.walk} points="16,292 16,56 128,56 128,144 240,144 240,12 352,12 352,188 464,188 464,100 546,100" />
      {[[16, 200], [128, 100], [240, 56], [352, 144], [464, 144]].map(([x, y], index) => (
        <g key={index} className={css.stop}>
          <circle cx={x} cy={y} r={10} />
          <text x={x} y={y} dy="0.35em" textAnchor="middle">{index + 1}</text>
        </g>
      ))}
    </svg>
  );
}

export default function LoginPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  useEffect(() => {
    document.title = `${t("login.title")} · ${t("app.name")}`;
  }, [t]);

  const submit = async (values: Credentials) => {
    setBusy(true);
    setFailure(null);
    try {
      const me = await api.post<Me>("/auth/login", values);
      setCsrfToken(me.csrf_token);
      client.clear();
      client.setQueryData(ME_KEY, me);
      void navigate(safeNext(params.get("next")), { replace: true });
    } catch (error) {
      const text = problemText(error, t);
      setFailure(isProblem(error) && error.detail !== "" ? error.detail : `${text.what}. ${text.todo}`);
      setBusy(false);
    }
  };

  const points = ["point1", "point2", "point3"] as const;
  const chinese = i18n.language.startsWith("zh");
  return (
    <div className={css.page}>
      <section className={css.pitch} aria-hidden>
        <div className={css.brand}>
          <Logo size={34} />
          <span>{t("app.name")}</span>
          <small>{t("app.latin")}</small>
        </div>
        <div className={css.words}>
          <p className={css.claim}>{t("login.pitch")}</p>
          <ul>
            {points.map((point) => (
              <li key={point}>
                <strong>{t(`login.${point}`)}</strong>
                <span>{t(`login.${point}Text`)}</span>
              </li>
            ))}
          </ul>
        </div>
        <Picture />
      </section>
      <main className={css.side}>
        <div className={css.language}>
          <Button type="text" lang={chinese ? "en" : "zh-CN"} onClick={() => setLanguage(chinese ? "en" : "zh-CN")}>
            {LANGUAGE_NAMES[chinese ? "en" : "zh-CN"]}
          </Button>
        </div>
        <div className={css.form}>
          <h1>{t("login.title")}</h1>
          <p className="hc-muted">{t("login.subtitle")}</p>
          {params.get("expired") === "1" && !failure ? <Alert type="info" showIcon title={t("login.expired")} /> : null}
          {failure ? <Alert type="error" showIcon title={failure} role="alert" /> : null}
          <Form<Credentials> layout="vertical" requiredMark={false} onFinish={(values) => void submit(values)}>
            <Form.Item name="username" label={t("login.username")} rules={[{ required: true, message: t("login.usernameRequired") }]}>
              <Input size="large" prefix={<UserOutlined aria-hidden />} autoFocus autoComplete="username" autoCapitalize="off" spellCheck={false} maxLength={150} />
            </Form.Item>
            <Form.Item name="password" label={t("login.password")} rules={[{ required: true, message: t("login.passwordRequired") }]}>
              <Input.Password size="large" prefix={<LockOutlined aria-hidden />} autoComplete="current-password" maxLength={200} />
            </Form.Item>
            <Button type="primary" htmlType="submit" size="large" block loading={busy}>{t("login.submit")}</Button>
          </Form>
          <p className="hc-faint">{t("login.forgot")}</p>
        </div>
      </main>
    </div>
  );
}
