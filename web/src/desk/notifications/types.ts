export interface Notice {
  id: number;
  topic: string;
  topic_title: string;
  title: string;
  text: string;
  url_path: string;
  created_at: string;
  read_at: string | null;
}

export interface TopicChoice {
  topic: string;
  title: string;
  in_app: string;
  email: string;
}

export interface Hours {
  time_zone: string;
  quiet_from: string | null;
  quiet_until: string | null;
  digest_hour: number;
}

export interface Preferences {
  topics: TopicChoice[];
  profile: Hours;
}

export interface Target {
  id: number;
  way: string;
  name: string;
  topics: string[];
  team: { id: number; code: string; name: string } | null;
  language: string;
  is_active: boolean;
  failures: number;
  last_error: string;
  last_sent_at: string | null;
}

export interface FormFieldSpec {
  name: string;
  kind: string;
  title: string;
  help: string;
  required: boolean;
  default: unknown;
  choices: string[];
  maximum: number | null;
}

export interface TargetChoices {
  ways: { way: string; form: FormFieldSpec[] }[];
  topics: { topic: string; title: string }[];
}

export interface DeliveryRow {
  id: number;
  way: string;
  state: string;
  recipient: string;
  topic: string;
  title: string;
  due_at: string;
  attempts: number;
  sent_at: string | null;
  last_error: string;
  created_at: string;
}
