import Testing

@testable import ProxyLogging

@Suite struct LogReportTests {
    @Test("tells a flood in one line a second, with all lines that were dropped")
    func rate() {
        var report = LogReport()
        #expect(report.wait(at: 0) == -1 && report.take(at: 0, isUrgent: true) == nil)
        report.add(dropped: 0, at: 0)
        #expect(report.wait(at: 0) == -1)
        report.add(dropped: 2, at: 5_000)
        #expect(report.wait(at: 5_000) == 1_000 && report.take(at: 5_999, isUrgent: false) == nil)
        report.add(dropped: 3, at: 5_900)
        #expect(report.wait(at: 5_900) == 100 && report.wait(at: 7_000) == 0)
        let told = report.take(at: 6_000, isUrgent: false)
        #expect(told?.message == "log lines were dropped, since the log is written too slowly" && told?.dropped == 5)
        #expect(report.wait(at: 6_000) == -1)
    }

    @Test("tells why nothing could be written, and at once when somebody waits for it")
    func failure() {
        var report = LogReport()
        report.add(failure: "the disk is full", at: 1)
        report.add(dropped: 1, at: 2)
        #expect(report.take(at: 3, isUrgent: false) == nil)
        let told = report.take(at: 3, isUrgent: true)
        #expect(told?.message == "the log could not be written: the disk is full" && told?.dropped == 1)
    }
}
