import "./fonts.css";
import "./tokens.css";
import "./base.css";

/** The design language as components: thin, styled wrappers over react-aria. */
export { ArmTag, type ArmSide } from "./ArmTag";
export { Button, Kbd, type ButtonKind, type ButtonProps } from "./Button";
export { Check, type CheckProps } from "./Check";
export { Dialog, DialogActions, DialogBody, type DialogProps } from "./Dialog";
export {
  NumberField,
  SearchField,
  Select,
  Slider,
  Switch,
  type Choice,
  type NumberFieldProps,
  type SearchFieldProps,
  type SelectProps,
  type SliderProps,
  type SwitchProps,
} from "./Field";
export { MomentField, type MomentFieldProps } from "./MomentField";
export { NumberCell, type NumberCellProps } from "./NumberCell";
export { Panel, type PanelProps } from "./Panel";
export { Explainer, Tooltip, type ExplainerProps } from "./Popover";
export { CopyButton, Problem, type ProblemProps } from "./Problem";
export { Segmented, type Segment, type SegmentedProps } from "./Segmented";
export { Glyph, StateGlyph, glyphOfPhase, type GlyphName } from "./StateGlyph";
export { Tag, VersionTag, type TagName } from "./Tag";
export { TextArea, type TextAreaProps } from "./TextArea";
