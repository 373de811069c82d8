export interface Ref {
  id: number;
  code: string;
  name: string;
}

export interface Place {
  id: number;
  code: string;
}

export interface Face {
  id: number;
  warehouse: Ref;
  location: Place;
  sku: Ref;
  owner: Ref;
  min_quantity: number;
  max_quantity: number;
  multiple: number;
  is_fixed: boolean;
  suggested_min: number | null;
  suggested_max: number | null;
  daily_outflow: string;
  free: number;
  coming: number;
  reserve: number;
  demand: number;
}

export interface Replenishment {
  id: number;
  state: string;
  cause: string;
  warehouse: Ref;
  sku: Ref;
  owner: Ref;
  lot_code: string | null;
  from_location: Place;
  to_location: Place;
  quantity: number;
  moved: number;
  ended_by: string;
  due_at: string | null;
  wave_id: number | null;
  task_state: string;
  worker: string;
  created_at: string;
  done_at: string | null;
}

export interface Merge {
  stock_id: number;
  sku: Ref;
  from_location: Place;
  to_location: Place;
  quantity: number;
}

export interface Done {
  ids: number[];
  count: number;
}
