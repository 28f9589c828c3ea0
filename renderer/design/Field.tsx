import { ChevronDown } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "react-aria-components/Button";
import { FieldError } from "react-aria-components/FieldError";
import { Group } from "react-aria-components/Group";
import { Input } from "react-aria-components/Input";
import { Label } from "react-aria-components/Label";
import { ListBox, ListBoxItem } from "react-aria-components/ListBox";
import { NumberField as AriaNumberField } from "react-aria-components/NumberField";
import { Popover } from "react-aria-components/Popover";
import { SearchField as AriaSearchField } from "react-aria-components/SearchField";
import { Select as AriaSelect, SelectValue } from "react-aria-components/Select";
import { Slider as AriaSlider, SliderOutput, SliderThumb, SliderTrack } from "react-aria-components/Slider";
import { Switch as AriaSwitch } from "react-aria-components/Switch";
import "./field.css";
import "./popover.css";

/** A filter's properties. */
export interface SearchFieldProps {
  /** Id of the input, for a key that leads to it. */
  readonly id?: string;
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly icon?: ReactNode;
  /** What stands at the right end, such as the key that leads here. */
  readonly hint?: ReactNode;
  readonly className?: string;
  readonly onChange: (value: string) => void;
}

/** A text field for filtering. Escape clears it. */
export function SearchField(props: SearchFieldProps): ReactNode {
  return (
    <AriaSearchField
      className={props.className ?? "field"}
      aria-label={props.label}
      value={props.value}
      onChange={props.onChange}
    >
      <Group className="field-box">
        {props.icon}
        <Input
          {...(props.id === undefined ? {} : { id: props.id })}
          className="field-input field-search"
          placeholder={props.placeholder}
        />
        {props.value === "" ? props.hint : null}
      </Group>
    </AriaSearchField>
  );
}

/** A number field's properties. */
export interface NumberFieldProps {
  readonly label: string;
  /** NaN while the field is empty. */
  readonly value: number;
  readonly unit?: string;
  readonly minValue: number;
  readonly maxValue: number;
  /** Decimals always written, and at most. */
  readonly minDecimals?: number;
  readonly maxDecimals: number;
  /** Why the value cannot be used; empty when it can. */
  readonly problem?: string;
  readonly onChange: (value: number) => void;
}

/** A number with its unit. */
export function NumberField(props: NumberFieldProps): ReactNode {
  const isInvalid = props.problem !== undefined && props.problem !== "";
  return (
    <AriaNumberField
      className="field"
      value={props.value}
      minValue={props.minValue}
      maxValue={props.maxValue}
      isInvalid={isInvalid}
      formatOptions={{
        minimumFractionDigits: props.minDecimals ?? 0,
        maximumFractionDigits: props.maxDecimals,
        useGrouping: false,
      }}
      onChange={props.onChange}
    >
      <Label className="field-label">{props.label}</Label>
      <Group className="field-box">
        <Input className="field-input" />
        {props.unit === undefined ? null : <span className="field-unit">{props.unit}</span>}
      </Group>
      <FieldError className="field-error">{props.problem}</FieldError>
    </AriaNumberField>
  );
}

/** One entry of a select. */
export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** What stands beside it, quieter. */
  readonly fact?: string;
}

/** A select's properties. */
export interface SelectProps<Value extends string> {
  readonly label: string;
  /** Shown before the value, as in "Group by: version". */
  readonly prefix?: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
}

/** One of several choices from a list that opens. */
export function Select<Value extends string>(props: SelectProps<Value>): ReactNode {
  return (
    <AriaSelect
      aria-label={props.label}
      value={props.value}
      onChange={(key) => {
        const chosen = props.choices.find((choice) => choice.value === key);
        if (chosen !== undefined) props.onChange(chosen.value);
      }}
    >
      <Button className="select-button">
        {props.prefix === undefined ? null : <span className="select-prefix">{props.prefix}</span>}
        <SelectValue />
        <ChevronDown size={16} strokeWidth={1.75} aria-hidden />
      </Button>
      <Popover className="popover" offset={4}>
        <ListBox className="menu">
          {props.choices.map((choice) => (
            <ListBoxItem key={choice.value} id={choice.value} className="menu-item" textValue={choice.label}>
              {choice.label}
              {choice.fact === undefined || choice.fact === "" ? null : <span className="select-fact">{choice.fact}</span>}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

/** A switch's properties. */
export interface SwitchProps {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly children: ReactNode;
}

/** On or off, at once. */
export function Switch({ isOn, onChange, children }: SwitchProps): ReactNode {
  return (
    <AriaSwitch className="switch" isSelected={isOn} onChange={onChange}>
      <span className="switch-track">
        <span className="switch-knob" />
      </span>
      <span>{children}</span>
    </AriaSwitch>
  );
}

/** A slider's properties. */
export interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly minValue: number;
  readonly maxValue: number;
  readonly step: number;
  /** The value as text, with its unit. */
  readonly valueText: string;
  readonly onChange: (value: number) => void;
  /** The hand let go: act on it. */
  readonly onChangeEnd: (value: number) => void;
}

/** A number chosen by dragging or by arrow keys. */
export function Slider(props: SliderProps): ReactNode {
  return (
    <AriaSlider
      className="slider"
      value={props.value}
      minValue={props.minValue}
      maxValue={props.maxValue}
      step={props.step}
      onChange={props.onChange}
      onChangeEnd={props.onChangeEnd}
    >
      <Label className="field-label">{props.label}</Label>
      <SliderOutput className="field-unit">{props.valueText}</SliderOutput>
      <SliderTrack className="slider-track">
        <SliderThumb className="slider-thumb" />
      </SliderTrack>
    </AriaSlider>
  );
}
