namespace NixAiModels.Cache;

/// <summary>What the members of a group may do in a folder of a shared cache.</summary>
internal enum GroupAccess
{
    /// <summary>Read it.</summary>
    Read,

    /// <summary>Add to it, as a client that is online does, and change what they added (mode 3770).</summary>
    Add,

    /// <summary>Change everything in it: the refs of a model that is not pinned (mode 2770).</summary>
    Change,
}
