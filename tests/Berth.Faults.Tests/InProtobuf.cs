namespace Berth.Faults;

/// <summary>The faults of <see cref="StreamTests"/> with a server that answers in protobuf.</summary>
public sealed class StreamTestsInProtobuf : StreamTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="ExpiryTests"/> with a server that answers in protobuf.</summary>
public sealed class ExpiryTestsInProtobuf : ExpiryTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="StreamingListTests"/> with a server that answers in protobuf.</summary>
public sealed class StreamingListTestsInProtobuf : StreamingListTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="HoldTests"/> with a server that answers in protobuf.</summary>
public sealed class HoldTestsInProtobuf : HoldTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="SliceMeaningTests"/> with a server that answers in protobuf.</summary>
public sealed class SliceMeaningTestsInProtobuf : SliceMeaningTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="PodMeaningTests"/> with a server that answers in protobuf.</summary>
public sealed class PodMeaningTestsInProtobuf : PodMeaningTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="SetMeaningTests"/> with a server that answers in protobuf.</summary>
public sealed class SetMeaningTestsInProtobuf : SetMeaningTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="ForeignSliceTests"/> with a server that answers in protobuf.</summary>
public sealed class ForeignSliceTestsInProtobuf : ForeignSliceTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="ConnectionTests"/> with a server that answers in protobuf.</summary>
public sealed class ConnectionTestsInProtobuf : ConnectionTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="AccessTests"/> with a server that answers in protobuf.</summary>
public sealed class AccessTestsInProtobuf : AccessTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="DisposalTests"/> with a server that answers in protobuf.</summary>
public sealed class DisposalTestsInProtobuf : DisposalTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="LastResortTests"/> with a server that answers in protobuf.</summary>
public sealed class LastResortTestsInProtobuf : LastResortTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="RefusalTests"/> with a server that answers in protobuf.</summary>
public sealed class RefusalTestsInProtobuf : RefusalTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="LongWaitTests"/> with a server that answers in protobuf.</summary>
public sealed class LongWaitTestsInProtobuf : LongWaitTests
{
    private protected override bool IsInProtobuf => true;
}

/// <summary>The faults of <see cref="LoadTests"/> with a server that answers in protobuf.</summary>
[Collection(nameof(LoadTests))]
public sealed class LoadTestsInProtobuf : LoadTests
{
    private protected override bool IsInProtobuf => true;
}
