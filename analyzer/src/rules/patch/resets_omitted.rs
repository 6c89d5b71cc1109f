//! `patch/resets-omitted`

use crate::finding::{Profile, Severity};
use crate::rule::{Example, Rule, found_elsewhere};

pub(crate) const RULE: Rule = Rule {
    name: "patch/resets-omitted",
    severity: Severity::Warning,
    profile: Profile::Default,
    summary: "Merging a patch clears fields that it leaves out.",
    why: "A patch usually changes what it says and nothing else. Some fields, disk selectors and sizes of volumes among them, \
          Talos takes from the patch whatever it says: a part that leaves them out clears them, and the volume goes to \
          another disk, or grows over the whole of it.",
    avoid: Example::talos(
        12,
        "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning:\n  diskSelector:\n    match: disk.transport == \"nvme\"\n  maxSize: 100GiB\n#~ patch\napiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning:\n  maxSize: 200GiB\n",
    ),
    follow: Example::talos(
        12,
        "apiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning:\n  diskSelector:\n    match: disk.transport == \"nvme\"\n  maxSize: 100GiB\n#~ patch\napiVersion: v1alpha1\nkind: VolumeConfig\nname: EPHEMERAL\nprovisioning:\n  diskSelector:\n    match: disk.transport == \"nvme\"\n  maxSize: 200GiB\n",
    ),
    references: &[],
    check: found_elsewhere,
};
