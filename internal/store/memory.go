package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"neurocheck/internal/store/engine"
	"neurocheck/internal/ward"
)

// The memory of a patient's checks is derived from all of them, so that a reading cannot
// derive it anew. It begins with a checksum, which damage does not fit.

// memoryText returns the memory as the table has it.
func memoryText(patient int64, m ward.Memory) (string, error) {
	text, err := json.Marshal(m)
	return memorySum(patient, text) + string(text), err
}

// parseMemory is the inverse of memoryText.
func parseMemory(patient int64, stored string) (m ward.Memory, err error) {
	if len(stored) < memorySumLength || memorySum(patient, []byte(stored[memorySumLength:])) != stored[:memorySumLength] {
		return m, engine.Unreadable(memoryName, errors.New("it does not fit its checksum"))
	}
	if err := json.Unmarshal([]byte(stored[memorySumLength:]), &m); err != nil {
		return m, engine.Unreadable(memoryName, err)
	}
	return m, nil
}

const memorySumLength = 16

func memorySum(patient int64, text []byte) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d\n%s", patient, text))
	return hex.EncodeToString(sum[:])[:memorySumLength]
}

// memoryName names the memory of a patient's checks in errors.
const memoryName = "the memory of a patient"
