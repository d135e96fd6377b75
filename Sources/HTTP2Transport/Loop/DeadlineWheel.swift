/// The deadlines of one event loop: a hashed timer wheel that arms and disarms in O(1), without an allocation per
/// timer.
///
/// Coarse on purpose: a deadline fires up to one `resolution` late. There are many calls, and few reach their deadline.
struct DeadlineWheel<Owner> {
    /// Identifies an armed timer until it is disarmed or has fired.
    typealias Timer = Int32

    /// Nanoseconds between two turns of the wheel.
    static var resolution: UInt64 { 5_000_000 }
    private static var bucketCount: UInt64 { 1_024 }
    private static var none: Int32 { -1 }
    // How many entries an idle wheel keeps allocated.
    private static var mostKept: Int { 4_096 }

    private struct Entry {
        var owner: Owner?
        var turn: UInt64
        var previous: Int32
        var next: Int32
    }

    private var buckets = [Int32](repeating: none, count: Int(bucketCount))
    private var entries: [Entry] = []
    private var firstFree = none
    private var turn: UInt64
    private(set) var count = 0

    init(now: UInt64) {
        turn = now / Self.resolution
    }

    /// Arms a timer that fires at `deadline`, in nanoseconds of the clock that `advance` uses.
    mutating func arm(_ deadline: UInt64, owner: Owner) -> Timer {
        let due = max(deadline / Self.resolution &+ 1, turn + 1)
        let bucket = Int(due % Self.bucketCount)
        let head = buckets[bucket]
        let entry = Entry(owner: owner, turn: due, previous: Self.none, next: head)
        let timer: Int32
        if firstFree == Self.none {
            timer = Int32(entries.count)
            entries.append(entry)
        } else {
            timer = firstFree
            firstFree = entries[Int(timer)].next
            entries[Int(timer)] = entry
        }
        if head != Self.none { entries[Int(head)].previous = timer }
        buckets[bucket] = timer
        count += 1
        return timer
    }

    /// Disarms a timer that has not fired.
    mutating func disarm(_ timer: Timer) {
        // Not the whole entry, which would retain the owner for a moment.
        let (previous, next) = (entries[Int(timer)].previous, entries[Int(timer)].next)
        if previous == Self.none {
            buckets[Int(entries[Int(timer)].turn % Self.bucketCount)] = next
        } else {
            entries[Int(previous)].next = next
        }
        if next != Self.none { entries[Int(next)].previous = previous }
        entries[Int(timer)].owner = nil
        entries[Int(timer)].next = firstFree
        firstFree = timer
        count -= 1
        // Releases the entries that a peak needed, such as many half-open calls.
        if count == 0, entries.count > Self.mostKept {
            entries = []
            firstFree = Self.none
        }
    }

    /// Turns the wheel to `now` and removes the timers that are due.
    /// - Returns: The owners of those timers.
    mutating func advance(to now: UInt64) -> [Owner] {
        var due: [Owner] = []
        let target = now / Self.resolution
        // Even after a long sleep, one visit to each bucket is enough: every entry knows its own turn.
        let steps = min(target > turn ? target - turn : 0, Self.bucketCount)
        for step in 0..<steps {
            var timer = buckets[Int((target - step) % Self.bucketCount)]
            while timer != Self.none {
                let entry = entries[Int(timer)]
                if entry.turn <= target {
                    if let owner = entry.owner { due.append(owner) }
                    disarm(timer)
                }
                timer = entry.next
            }
        }
        turn = max(turn, target)
        return due
    }
}
