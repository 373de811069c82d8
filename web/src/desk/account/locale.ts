import { addLocale } from "@/shared/i18n";

export default addLocale(
  "account",
  {
    title: "修改密码",
    forcedTitle: "请先设置新密码",
    forcedText: "您正在使用管理员给的一次性密码。设置自己的密码后即可使用合仓。",
    current: "当前密码",
    currentForced: "一次性密码",
    next: "新密码",
    repeat: "再输入一次新密码",
    mismatch: "两次输入的新密码不一样",
    submit: "保存新密码",
    done: "密码已修改，其他设备上的登录已退出",
    hint: "保存后，其他设备上的登录会退出。",
  },
  {
    title: "Change password",
    forcedTitle: "Choose a password of your own",
    forcedText: "You signed in with a one-time password from your administrator. Set your own to start.",
    current: "Current password",
    currentForced: "One-time password",
    next: "New password",
    repeat: "New password, again",
    mismatch: "The two new passwords differ",
    submit: "Save the new password",
    done: "Password changed; other devices were signed out",
    hint: "Other devices are signed out when you save.",
  },
);
