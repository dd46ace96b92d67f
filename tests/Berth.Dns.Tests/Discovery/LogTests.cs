using Berth.TestKit.Dns;
using Microsoft.Extensions.Logging;

namespace Berth.Dns.Tests.Discovery;

public sealed class LogTests
{
    [Fact]
    public async Task How_pods_are_found_is_said_once_and_again_when_it_changes()
    {
        List<int> events = [];
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2))) { Logger = new ListLogger(events) };
        await rig.ReadAsync();
        await rig.ReadLaterAsync();
        Assert.Equal([700], events);
        rig.Server.Zone = TestZone.Headless(TestZone.Pods(2), srv: []);
        await rig.ReadLaterAsync();
        await rig.ReadLaterAsync();
        Assert.Equal([700, 701], events);
        rig.Server.Zone = TestZone.Empty;
        await rig.ReadLaterAsync();
        rig.Server.Zone = TestZone.Headless(TestZone.Pods(2));
        await rig.ReadLaterAsync();
        Assert.Equal([700, 701, 700], events);
    }

    private sealed class ListLogger(List<int> events) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => events.Add(eventId.Id);
    }
}
