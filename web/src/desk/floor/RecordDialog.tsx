import { useQueryClient } from "@tanstack/react-query";
import { Modal } from "antd";
import type { ReactNode } from "react";
import { FormPattern } from "@/shared/form/FormPattern";

interface RecordDialogProps<Values extends object> {
  title: string;
  initialValues?: Partial<Values>;
  onSubmit: (values: Values) => Promise<unknown>;
  onClose: () => void;
  submitLabel?: string;
  width?: number;
  children: ReactNode;
}

/** A short form in a dialog; saved = lists and details are read again, and the dialog closes. */
export function RecordDialog<Values extends object>({ title, initialValues, onSubmit, onClose, submitLabel, width = 600, children }: RecordDialogProps<Values>) {
  const client = useQueryClient();
  return (
    <Modal open destroyOnHidden width={width} title={title} footer={null} onCancel={onClose} mask={{ closable: false }}>
      <FormPattern<Values>
        guard={false}
        onCancel={onClose}
        {...(initialValues ? { initialValues } : {})}
        {...(submitLabel ? { submitLabel } : {})}
        onSubmit={async (values) => {
          await onSubmit(values);
          await Promise.all([client.invalidateQueries({ queryKey: ["list"] }), client.invalidateQueries({ queryKey: ["detail"] }), client.invalidateQueries({ queryKey: ["options"] })]);
          onClose();
        }}
      >
        {children}
      </FormPattern>
    </Modal>
  );
}
