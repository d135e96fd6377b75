import Synchronization

/// Shares one lookup among callers that ask for the same key at the same time.
///
/// The lookup runs in a task of its own, as long as any caller waits for it: a cancelled caller does not affect the
/// others, and the last one that leaves cancels the lookup. Its result is not remembered.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Value, any Error>

    private struct Flight {
        let number: UInt64
        let task: Task<Void, Never>
        var waiters: [UInt64: Waiter]
    }

    private struct State {
        var flights: [Key: Flight] = [:]
        var count: UInt64 = 0

        mutating func nextNumber() -> UInt64 {
            count += 1
            return count
        }
    }

    private let state = Mutex(State())
    private let onJoin: @Sendable () -> Void

    /// Makes one without lookups.
    ///
    /// - Parameter onJoin: Called for each caller that waits for a lookup that another caller began.
    package init(onJoin: @escaping @Sendable () -> Void = {}) {
        self.onJoin = onJoin
    }

    /// Runs `look`, or waits for the lookup that is already running for the same key, and returns the result.
    ///
    /// - Throws: What the lookup throws; `CancellationError` at once when the caller's task is cancelled.
    package func value(for key: Key, look: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let number = state.withLock { $0.nextNumber() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                wait(waiter, number: number, for: key, look: look)
            }
        } onCancel: {
            leave(number, key: key)
        }
    }

    private func wait(
        _ waiter: Waiter,
        number: UInt64,
        for key: Key,
        look: @escaping @Sendable () async throws -> Value
    ) {
        let joined = state.withLock { state in
            if state.flights[key] != nil {
                state.flights[key]?.waiters[number] = waiter
                return true
            }
            let flight = state.nextNumber()
            let task = Task { [self] in
                let result: Result<Value, any Error>
                do {
                    result = .success(try await look())
                } catch {
                    result = .failure(error)
                }
                land(flight, key: key, result: result)
            }
            state.flights[key] = Flight(number: flight, task: task, waiters: [number: waiter])
            return false
        }
        if joined { onJoin() }
        // A cancellation before this point has not found the caller among the waiters.
        if Task.isCancelled { leave(number, key: key) }
    }

    private func leave(_ number: UInt64, key: Key) {
        let (waiter, abandoned) = state.withLock { state -> (Waiter?, Task<Void, Never>?) in
            guard let waiter = state.flights[key]?.waiters.removeValue(forKey: number) else { return (nil, nil) }
            guard let flight = state.flights[key], flight.waiters.isEmpty else { return (waiter, nil) }
            state.flights[key] = nil
            return (waiter, flight.task)
        }
        abandoned?.cancel()
        waiter?.resume(throwing: CancellationError())
    }

    private func land(_ number: UInt64, key: Key, result: Result<Value, any Error>) {
        let waiters = state.withLock { state -> [UInt64: Waiter] in
            guard let flight = state.flights[key], flight.number == number else { return [:] }
            state.flights[key] = nil
            return flight.waiters
        }
        for waiter in waiters.values { waiter.resume(with: result) }
    }
}
