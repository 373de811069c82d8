import { addLocale } from "@/shared/i18n";

export default addLocale("products", {}, {});
