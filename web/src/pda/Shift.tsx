import { Fragment, useState } from "react";
import { isProblem } from "@/api/problem";
import { floor, type Colleague, type MyShift, type MyTask, type WarehouseRef } from "./api";
import { feel } from "./feedback";
import { Icon } from "./icons";
import { Press } from "./inputs";
import { fill, type Language, type Words } from "./locale";

interface Shared {
  warehouse: WarehouseRef["id"];
  language: Language;
  words: Words;
  /** Something has changed: ask the server anew. */
  onChange: () => void;
  onProblem: (error: unknown) => void;
  /** Said where nothing failed. */
  onSaid: (text: string) => void;
}

function useAct({ onChange, onProblem }: Pick<Shared, "onChange" | "onProblem">) {
  const [busy, setBusy] = useState(false);
  const act = (how: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    how()
      .then(
        () => feel("right"),
        (error: unknown) => {
          feel("wrong");
          onProblem(error);
        },
      )
      .finally(() => {
        setBusy(false);
        onChange();
      });
  };
  return { busy, act };
}

/** Whether I am at work, until when, and my breaks. */
export function ShiftCard({ shift, ...shared }: Shared & { shift: MyShift }) {
  const { words, language, warehouse, onSaid } = shared;
  const { busy, act } = useAct(shared);
  const time = (moment: string) => new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(moment));
  const rest = shift.next_break;
  const lines = [
    shift.since ? fill(words.atWorkSince, { at: time(shift.since) }) : words.notAtWork,
    shift.ends_at ? fill(words.untilEnd, { at: time(shift.ends_at) }) : "",
    !shift.on_break_since && rest ? fill(words.breakAt, { from: time(rest.begins_at), to: time(rest.ends_at) }) : "",
  ].filter((line) => line !== "");
  return (
    <section className={`shift ${shift.on_break_since ? "resting" : ""}`} aria-label={words.shift} aria-busy={busy}>
      <p className="shift-line">
        <strong>{shift.on_break_since ? fill(words.onBreakSince, { at: time(shift.on_break_since) }) : lines[0]}</strong>
        <small>{(shift.on_break_since ? [rest ? fill(words.backAt, { at: time(rest.ends_at) }) : "", lines[1] ?? ""] : lines.slice(1)).filter((line) => line !== "").join(" · ")}</small>
      </p>
      {!shift.is_on_shift ? (
        <Press label={words.beginShift} tone="plain" primary words={words} onPress={() => act(() => floor.shiftBegin(warehouse))} />
      ) : shift.on_break_since ? (
        <Press
          label={words.endBreak} tone="plain" primary words={words}
          onPress={() => act(async () => {
            const { tasks } = await floor.breakEnd();
            onSaid(tasks > 0 ? words.takenUp : words.backAtWork);
          })}
        />
      ) : (
        <div className="pair">
          <Press
            label={words.beginBreak} tone="plain" words={words}
            onPress={() => act(async () => {
              const { tasks } = await floor.breakBegin();
              onSaid(tasks > 0 ? words.laidDown : words.resting);
            })}
          />
          <Press
            label={words.endShift} tone="bad" words={words} asking={shift.tasks.length > 0 ? fill(words.endShiftAsk, { n: shift.tasks.length }) : words.again}
            onPress={() => act(async () => {
              const { released } = await floor.shiftEnd();
              onSaid(released > 0 ? fill(words.endedReleased, { n: released }) : words.ended);
            })}
          />
        </div>
      )}
    </section>
  );
}

/** The tasks that I have: laid aside, gone on with, handed over, given back. */
export function MyTasks({ tasks, ...shared }: Shared & { tasks: readonly MyTask[] }) {
  const [open, setOpen] = useState<number | null>(null);
  if (tasks.length === 0) return null;
  return (
    <section>
      <h2>{shared.words.myTasks}</h2>
      {tasks.map((one) => (
        <TaskCard key={one.id} task={one} isOpen={open === one.id} onOpen={() => setOpen(open === one.id ? null : one.id)} {...shared} />
      ))}
    </section>
  );
}

function TaskCard({ task, isOpen, onOpen, ...shared }: Shared & { task: MyTask; isOpen: boolean; onOpen: () => void }) {
  const { words, onSaid, onProblem } = shared;
  const { busy, act } = useAct(shared);
  const [people, setPeople] = useState<readonly Colleague[] | null>(null);
  const states: Record<string, string> = { assigned: words.stateAssigned, started: words.stateStarted, paused: words.statePaused };
  const way = [task.from_code, task.to_code].filter((code) => code !== "").join(" → ");
  const what = [task.note, way, task.sku_name || task.sku_code].filter((text) => text !== "");
  const one = (verb: "start" | "pause" | "resume" | "release", said: string) =>
    act(async () => {
      await floor.taskDo(task.id, verb);
      onSaid(said);
    });
  const ask = () => {
    floor.colleagues(task.id).then(setPeople, (error: unknown) => {
      if (isProblem(error)) onProblem(error);
    });
  };
  return (
    <div className="mine" data-task={task.id} data-state={task.state}>
      <button type="button" className="resume" aria-expanded={isOpen} onClick={onOpen}>
        <span>
          <strong>{task.kind_name}</strong>
          <small>
            {what.map((text, index) => (
              <Fragment key={text}>
                {index > 0 ? " · " : ""}
                <span>{text}</span>
              </Fragment>
            ))}
          </small>
        </span>
        <span className={`tag ${task.state === "started" ? "good" : task.state === "paused" ? "warn" : "grey"}`}>{states[task.state]}</span>
        <Icon name={isOpen ? "down" : "next"} />
      </button>
      {isOpen ? (
        <div className="mine-acts" aria-busy={busy}>
          <div className="pair">
            {task.state === "started" ? <Press label={words.pause} tone="plain" words={words} onPress={() => one("pause", words.paused)} /> : null}
            {task.state === "paused" ? <Press label={words.resume} tone="plain" primary words={words} onPress={() => one("resume", words.resumed)} /> : null}
            <Press label={words.handOver} tone="plain" words={words} onPress={ask} />
          </div>
          {people === null ? null : people.length === 0 ? (
            <p className="hint" role="status">{words.nobodyElse}</p>
          ) : (
            <fieldset className="choices">
              <legend>{words.handOverTo}</legend>
              {people.map((person) => (
                <Press
                  key={person.id} label={person.display_name || person.username} tone="plain" words={words}
                  onPress={() => act(async () => {
                    await floor.taskHandOver(task.id, person.id);
                    onSaid(fill(words.handedOver, { name: person.display_name || person.username }));
                  })}
                />
              ))}
            </fieldset>
          )}
          <Press label={words.giveBack} tone="bad" words={words} onPress={() => one("release", words.givenBack)} />
        </div>
      ) : null}
    </div>
  );
}
