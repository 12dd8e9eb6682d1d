/** What the extension takes of the adapter besides its protocol: lessons as data. */
export { lineOfAnchor } from "./lessons/anchors.ts";
export type { Lesson, LessonStep, Prediction } from "./lessons/lesson.ts";
export {
  changed,
  exported,
  hintAfter,
  isDone,
  isOpen,
  isRightAnswer,
  newProgress,
  type Progress,
  problemOfAnswer,
  restored,
  type StepProgress,
} from "./lessons/progress.ts";
export { isLessonName, isTourName, readLesson } from "./lessons/read-lesson.ts";
export { launchOf, pathFrom, runAround, runOfStep } from "./lessons/runs.ts";
