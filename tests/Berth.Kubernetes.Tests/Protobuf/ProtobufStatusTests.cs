using Berth.Kubernetes.Wire;

namespace Berth.Kubernetes.Protobuf;

/// <summary>Refusals in protobuf.</summary>
public sealed class ProtobufStatusTests
{
    [Fact]
    public void Reads_code_reason_message_cause_and_delay()
    {
        KubernetesStatus status = KubernetesStatus.Parse(
            ProtobufWire.Status(504, "Timeout", "Too large resource version", "ResourceVersionTooLarge", 3))!;
        Assert.Equal(
            (504, "Timeout", "Too large resource version", 3), (status.Code, status.Reason, status.Message, status.RetryAfterSeconds));
        Assert.True(status.IsVersionTooLarge);
        Assert.False(status.IsExpired);
    }

    [Fact]
    public void An_expired_version_is_recognised_and_no_delay_is_made_up()
    {
        KubernetesStatus status = KubernetesStatus.Parse(
            ProtobufWire.Status(410, "Expired", "The provided continue parameter is too old"))!;
        Assert.True(status.IsExpired);
        Assert.Null(status.RetryAfterSeconds);
    }

    [Fact]
    public void Status_of_another_kind_or_malformed_is_null()
    {
        byte[] whole = ProtobufWire.Status(410, "Expired", "old");
        Assert.Null(KubernetesStatus.Parse(ProtobufWire.Envelope("v1", "Pod", [])));
        Assert.Null(KubernetesStatus.Parse(whole.AsMemory(0, whole.Length - 1)));
        Assert.Null(KubernetesStatus.Parse(whole.AsMemory(0, 12)));
    }
}
