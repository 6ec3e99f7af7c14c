/* Reasons of the protocol that several pages offer, in the order in which they are met. */

/* Why a day ends, and a person is not served on it. */
export const END_REASONS = ["closing_time", "power_cut", "no_staff", "system_down", "other"];
