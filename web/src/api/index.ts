export { api, apiUrl, newKey, type Query } from "./client";
export { ApiProblem, isProblem, type FieldProblem } from "./problem";
export type * from "./types";
