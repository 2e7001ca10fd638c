"""What the daemons of the cluster read. `root`: the cluster's folder; the names of daemons stand for their ports.

`address` is what `host`, this machine's name, stands for: a daemon listens there and nowhere else.
"""

# The executor's job step drops SLURM_CONF before it calls srun, which would then read /etc/slurm/slurm.conf.
SRUN = """\
#!/bin/sh
SLURM_CONF={root}/slurm.conf exec {srun} "$@"
"""

GRES_CONF = "NodeName=n1,n2 Name=gpu File=/dev/null\n"

DATABASE = """
create database slurm_acct_db;
create user slurm@localhost identified by 'loopback';
create user slurm@127.0.0.1 identified by 'loopback';
grant all on slurm_acct_db.* to slurm@localhost;
grant all on slurm_acct_db.* to slurm@127.0.0.1;
"""

SLURMDBD_CONF = """\
DbdHost={host}
DbdAddr={address}
DbdPort={slurmdbd}
CommunicationParameters=NoInAddrAny
SlurmUser={user}
AuthType=auth/munge
AuthInfo=socket={root}/munge/socket
PidFile={root}/run/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={mariadbd}
StorageUser=slurm
StoragePass=loopback
StorageLoc=slurm_acct_db
"""

SLURM_CONF = """\
ClusterName={name}
SlurmctldHost={host}({address})
SlurmctldPort={slurmctld}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={root}/munge/socket,cred_expire=10
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmctldPidFile={root}/run/slurmctld.pid
SlurmdPidFile={root}/run/%n.pid
SlurmdSpoolDir={root}/spool.%n
StateSaveLocation={root}/state
MailProg=/bin/true
MpiDefault=none
SwitchType=switch/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost={address}
AccountingStoragePort={slurmdbd}
AccountingStoragePass={root}/munge/socket
AccountingStorageTRES=gres/gpu
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SlurmdParameters=config_overrides
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=10
KillWait=3
MinJobAge=3600
JobRequeue=0
GresTypes=gpu
DefMemPerCPU=500
NodeName=n1 NodeAddr={address} NodeHostName={host} Port={n1} CPUs=64 RealMemory=256000 Gres=gpu:1
NodeName=n2 NodeAddr={address} NodeHostName={host} Port={n2} CPUs=64 RealMemory=256000 Gres=gpu:1
PartitionName=main Nodes=n1,n2 Default=YES LLN=YES MaxTime=INFINITE State=UP
"""
