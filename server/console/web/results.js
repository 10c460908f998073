// The picker: a choice is shown at once; dates that nobody touched are not sent, so that "7 days" stays seven days.

const form = document.querySelector(".picker");

if (form instanceof HTMLFormElement) {
  const dates = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[type=date]")]);
  const kept = dates.some((one) => one.dataset.was);
  let touched = kept;
  for (const one of dates) one.addEventListener("change", () => (touched = true));
  form.addEventListener("formdata", (event) => {
    if (!touched) for (const one of dates) event.formData.delete(one.name);
    else event.formData.delete("period");
  });
  for (const one of form.querySelectorAll("select")) one.addEventListener("change", () => form.requestSubmit());
}
