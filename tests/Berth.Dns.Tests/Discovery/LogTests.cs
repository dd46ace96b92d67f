using Berth.TestKit;
using Berth.TestKit.Dns;

namespace Berth.Dns.Tests.Discovery;

public sealed class LogTests
{
    [Fact]
    public async Task Way_of_finding_pods_is_logged_once_per_change()
    {
        RecordingLogger log = new();
        await using DnsRig rig = new(TestZone.Headless(TestZone.Pods(2))) { LoggerFactory = log };
        await rig.ReadAsync();
        await rig.ReadLaterAsync();
        Assert.Equal([700], log.Ids);
        rig.Server.Zone = TestZone.Headless(TestZone.Pods(2), srv: []);
        await rig.ReadLaterAsync();
        await rig.ReadLaterAsync();
        Assert.Equal([700, 701], log.Ids);
        rig.Server.Zone = TestZone.Empty;
        await rig.ReadLaterAsync();
        rig.Server.Zone = TestZone.Headless(TestZone.Pods(2));
        await rig.ReadLaterAsync();
        Assert.Equal([700, 701, 700], log.Ids);
    }
}
